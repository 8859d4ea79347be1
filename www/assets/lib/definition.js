/** The marks of a definition file: sections, header keys, comments. Source: Apptainer's user guide, "Definition Files". */

import { el } from './dom.js';

/** @param {string} line @param {boolean} isHeader  before the first section */
function marked(line, isHeader) {
  if (/^\s*#/.test(line)) return el('span', { class: 'def-comment' }, line);
  const section = /^%[A-Za-z]+/.exec(line)?.[0];
  if (section) return [el('span', { class: 'def-section' }, section), line.slice(section.length)];
  const key = isHeader ? /^[A-Za-z]+(?=\s*:)/.exec(line)?.[0] : undefined;
  return key ? [el('span', { class: 'def-key' }, key), line.slice(key.length)] : line;
}

/** The same text, to be shown in place of it. @param {string} text @returns {import('./dom.js').Child} */
export function markedDefinition(text) {
  let isHeader = true;
  return text.split('\n').map((line, i) => {
    if (line.startsWith('%')) isHeader = false;
    return [i ? '\n' : null, marked(line, isHeader)];
  });
}
