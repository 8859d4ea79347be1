/** What `transload doctor` found when it ran last. */

import { el } from '../lib/dom.js';
import { timeElement } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { say, sayCount, sayWith } from '../lib/say.js';
import { makeTable } from '../lib/table.js';

/** @typedef {{check: string, result: string, text: string, remedy: string | null, host: string, found_at: string}} Finding */

/** @type {Record<string, {word: string, kind: string, icon: import('../lib/iconshapes.js').IconName}>} */
const results = {
  ok: { word: say('fine'), kind: 'ok', icon: 'tick' },
  warning: { word: say('warning'), kind: 'warn', icon: 'alert' },
  problem: { word: say('problem'), kind: 'bad', icon: 'cross' },
  skipped: { word: say('not looked at'), kind: 'quiet', icon: 'question' },
};

/** What is wrong stands first; what is fine is a number. @param {Finding[]} items */
export function doctorSection(items) {
  const command = el('code', {}, 'transload doctor');
  const found = items.filter((f) => f.result !== 'ok');
  const head = el('div', { class: 'card-head' }, el('h2', { id: 'doctor' }, say('Doctor')),
    items.length ? el('p', { class: 'count' }, sayWith('looked {when} on {host}', { when: timeElement(items[0].found_at), host: items[0].host })) : null);
  if (items.length === 0) {
    return el('section', { class: 'card card-table', 'aria-labelledby': 'doctor' }, head,
      el('p', { class: 'inset' }, sayWith('{command} on the server looks at the settings, the address, the certificate and all else that a registry needs; what it finds is shown here.', { command })));
  }
  const table = makeTable({ caption: say('Doctor'), columns: [
    { name: say('Check'), isHeader: true, cell: (/** @type {Finding} */ f) => el('code', {}, f.check) },
    { name: say('Result'), cell: (/** @type {Finding} */ f) => el('span', { class: `badge badge-${results[f.result].kind}` }, icon(results[f.result].icon), results[f.result].word) },
    { name: say('What was found'), class: 'widest', cell: (/** @type {Finding} */ f) => [el('span', { class: 'wrap-anywhere' }, f.text), f.remedy ? el('p', { class: 'hint' }, f.remedy) : null] },
  ] });
  table.set(found);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'doctor' }, head, found.length ? table.node : null,
    el('p', { class: 'inset muted' }, sayCount(items.length - found.length, '{n} check found nothing wrong.', '{n} checks found nothing wrong.')));
}
