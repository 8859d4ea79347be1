/** What runs: pools and agents, on all hosts. */

import { el } from '../lib/dom.js';
import { timeElement } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { number, say } from '../lib/say.js';
import { makeTable } from '../lib/table.js';

/** @typedef {{host: string, role: string, pid: number, workers: number, version: string, started_at: string, seen_at: string, alive: boolean}} Process */

/** @type {Record<string, string>} */
const roles = { api: say('Pages and API'), upload: say('Uploads'), agent: say('Agent') };

/** @param {Process[]} items */
export function processesSection(items) {
  const table = makeTable({ caption: say('Processes'), columns: [
    { name: say('What'), isHeader: true, cell: (/** @type {Process} */ p) => roles[p.role] },
    { name: say('State'), cell: (/** @type {Process} */ p) => (p.alive ? el('span', { class: 'badge badge-ok' }, icon('tick'), say('alive')) : el('span', { class: 'badge badge-bad' }, icon('alert'), say('not seen'))) },
    { name: say('Host'), class: 'wide', cell: (/** @type {Process} */ p) => el('span', { class: 'wrap-anywhere' }, p.host) },
    { name: say('Workers'), class: 'number', cell: (/** @type {Process} */ p) => number(p.workers) },
    { name: say('Version'), cell: (/** @type {Process} */ p) => p.version },
    { name: say('Started'), cell: (/** @type {Process} */ p) => timeElement(p.started_at) },
    { name: say('Last seen'), cell: (/** @type {Process} */ p) => timeElement(p.seen_at) },
  ] });
  table.set(items);
  const missing = Object.keys(roles).filter((role) => !items.some((p) => p.role === role && p.alive));
  return el('section', { class: 'card card-table', 'aria-labelledby': 'processes' },
    el('div', { class: 'card-head' }, el('h2', { id: 'processes' }, say('Processes'))),
    missing.length ? el('div', { class: 'inset' }, el('p', { class: 'notice notice-bad' }, icon('alert'), el('span', {}, say('Not seen for three minutes: {what}. Start it on the server, and see its log.', { what: missing.map((role) => roles[role]).join(', ') })))) : null,
    items.length ? table.node : null);
}
