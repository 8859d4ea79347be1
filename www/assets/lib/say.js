/**
 * What the portal says. The English sentence stands where it is said, and is also the key under which a translation is found: www/words
 * holds one file for each language, en.json with every sentence there is (docs/adr/0018). Placeholders stand in braces.
 */

import { language, sentences } from './sentences.js';

/** @typedef {import('./dom.js').Child} Child */

const numbers = new Intl.NumberFormat(language);
const rules = new Intl.PluralRules(language);

/** 1234 as people write it: "1,234". @param {number} n */
export function number(n) {
  return numbers.format(n);
}

/** @param {string} english @returns {string} */
function sentenceOf(english) {
  const found = sentences[english];
  return typeof found === 'string' ? found : english;
}

/** @param {string} sentence @param {Record<string, string | number>} values */
function put(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * A sentence: say('Remove {name}', { name }). A placeholder without a value stays as it is.
 *
 * @param {string} english
 * @param {Record<string, string | number>} [values]
 */
export function say(english, values = {}) {
  return put(sentenceOf(english), values);
}

/**
 * A sentence that counts: sayCount(3, '{n} image', '{n} images'). Languages with more forms than two have them in their file, under the
 * English plural.
 *
 * @param {number} n
 * @param {string} one
 * @param {string} many
 * @param {Record<string, string | number>} [values]
 */
export function sayCount(n, one, many, values = {}) {
  const forms = sentences[many];
  const form = typeof forms === 'object' ? forms[rules.select(n)] ?? forms.other : n === 1 ? one : many;
  return put(form, { n: number(n), ...values });
}

/**
 * A sentence with elements in it: sayWith('Push with the {client} client.', { client: el('code', {}, 'sregistry') }).
 *
 * @param {string} english
 * @param {Record<string, Child>} values
 * @returns {Child[]}
 */
export function sayWith(english, values) {
  return sentenceOf(english).split(/\{(\w+)\}/).map((part, i) => (i % 2 ? values[part] : part));
}
