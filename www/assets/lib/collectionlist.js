/** The list of collections, for /collections and for Settings → Collections. */

import { get } from './api.js';
import { el, fill } from './dom.js';
import { plural, timeElement } from './format.js';
import { icon } from './icons.js';
import { makePager } from './pager.js';
import { makeTable } from './table.js';

/**
 * @typedef {Object} CollectionItem
 * @property {number} id
 * @property {string} name
 * @property {boolean} private
 * @property {string | null} description
 * @property {number} container_count
 * @property {string[]} owners
 * @property {string} role
 * @property {string} updated_at
 */

/** "public" or "private", with a sign. @param {boolean} isPrivate */
export function visibility(isPrivate) {
  return el('span', { class: 'badge' }, icon(isPrivate ? 'lock' : 'globe'), isPrivate ? 'private' : 'public');
}

/** @type {import('./table.js').Column<CollectionItem>[]} */
const columns = [
  {
    name: 'Collection', isHeader: true,
    cell: (c) => [el('a', { class: 'row-link', href: `/collections/${c.id}` }, c.name), c.description ? el('p', { class: 'hint clip' }, c.description) : null],
  },
  { name: 'Containers', class: 'number', cell: (c) => c.container_count.toLocaleString('en') },
  { name: 'Owners', cell: (c) => c.owners.join(', ') },
  { name: 'Visibility', cell: (c) => visibility(c.private) },
  { name: 'Last push', cell: (c) => timeElement(c.updated_at) },
];

/**
 * Load the first page and show it, with the way to the next.
 *
 * @param {HTMLElement} place
 * @param {{q?: string, mine?: number, starred?: number}} query
 * @param {() => import('./dom.js').Child} empty  what stands there when nothing was found
 */
export async function showCollections(place, query, empty) {
  const table = makeTable({ caption: 'Collections', columns });
  const count = el('p', { class: 'count', role: 'status' });
  let shown = 0;

  /** @param {{items: CollectionItem[], next: string | null}} page */
  function add(page) {
    table.add(page.items);
    shown += page.items.length;
    count.textContent = page.next ? `First ${plural(shown, 'collection')}` : plural(shown, 'collection');
    return page.next;
  }
  const pager = makePager(async (cursor) => add(await get('/api/portal/collections', { ...query, cursor })));
  const first = await get('/api/portal/collections', query);
  if (first.items.length === 0) {
    fill(place, empty());
    return;
  }
  fill(place, count, el('div', { class: 'card card-table' }, table.node), pager.node);
  pager.set(add(first));
}
