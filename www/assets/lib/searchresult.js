/** Images that fit the words of a search. */

import { get } from './api.js';
import { visibility } from './collectionlist.js';
import { el } from './dom.js';
import { sizeElement, timeElement } from './format.js';
import { makePager } from './pager.js';
import { damagedBadge, exchangeLink } from './parts.js';
import { say } from './say.js';
import { makeTable } from './table.js';

/**
 * @typedef {Object} Hit
 * @property {number} id
 * @property {string} uri
 * @property {number} size
 * @property {boolean} damaged
 * @property {string} updated_at
 * @property {{id: number, name: string, private: boolean}} collection
 * @property {{name: string, value: string}[]} labels
 */

/** @param {boolean} globus @returns {import('./table.js').Column<Hit>[]} */
function columns(globus) {
  return [
    {
      name: say('Image'), isHeader: true,
      cell: (h) => [el('a', { class: 'row-link mono wrap-anywhere', href: `/containers/${h.id}` }, h.uri), ' ', damagedBadge(h.damaged),
        h.labels.slice(0, 3).map((l) => el('p', { class: 'hint clip' }, `${l.name}: ${l.value}`))],
    },
    { name: say('Size'), class: 'number', cell: (h) => sizeElement(h.size) },
    { name: say('Visibility'), cell: (h) => visibility(h.collection.private) },
    { name: say('Last push'), cell: (h) => timeElement(h.updated_at) },
    { name: say('Actions'), quietName: true, class: 'action', cell: (h) => (globus && !h.damaged ? exchangeLink(h.id) : null) },
  ];
}

/**
 * The first page, with the way to the next; null when nothing fits.
 *
 * @param {string} q
 * @param {boolean} globus  images can be sent
 */
export async function searchResult(q, globus) {
  const first = await get('/api/portal/search', { q });
  if (first.items.length === 0) return null;
  const table = makeTable({ caption: say('Images'), columns: columns(globus) });
  const pager = makePager(async (cursor) => {
    const page = await get('/api/portal/search', { q, cursor });
    table.add(page.items);
    return page.next;
  });
  table.add(first.items);
  pager.set(first.next);
  return el('section', { 'aria-labelledby': 'images' }, el('h2', { id: 'images' }, say('Images')),
    el('div', { class: 'card card-table' }, table.node), pager.node);
}
