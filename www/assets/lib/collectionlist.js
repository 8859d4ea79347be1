/** The list of collections, for /collections and for Settings → Collections. */

import { get } from './api.js';
import { el, fill } from './dom.js';
import { timeElement } from './format.js';
import { icon } from './icons.js';
import { makePager } from './pager.js';
import { number, say, sayCount } from './say.js';
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
  return el('span', { class: 'badge' }, icon(isPrivate ? 'lock' : 'globe'), isPrivate ? say('private') : say('public'));
}

/** @type {import('./table.js').Column<CollectionItem>[]} */
const columns = [
  {
    name: say('Collection'), isHeader: true,
    cell: (c) => [el('a', { class: 'row-link', href: `/collections/${c.id}` }, c.name), c.description ? el('p', { class: 'hint clip' }, c.description) : null],
  },
  { name: say('Containers'), class: 'number', cell: (c) => number(c.container_count) },
  { name: say('Owners'), cell: (c) => c.owners.join(', ') },
  { name: say('Visibility'), cell: (c) => visibility(c.private) },
  { name: say('Last push'), cell: (c) => timeElement(c.updated_at) },
];

/**
 * Load the first page and show it, with the way to the next.
 *
 * @param {HTMLElement} place
 * @param {{q?: string, mine?: number, starred?: number}} query
 * @param {() => import('./dom.js').Child} empty  what stands there when nothing was found
 * @returns {Promise<boolean>}  whether something was
 */
export async function showCollections(place, query, empty) {
  const table = makeTable({ caption: say('Collections'), columns });
  const count = el('p', { class: 'count', role: 'status' });
  let shown = 0;

  /** @param {{items: CollectionItem[], next: string | null}} page */
  function add(page) {
    table.add(page.items);
    shown += page.items.length;
    count.textContent = page.next ? sayCount(shown, 'First {n} collection', 'First {n} collections') : sayCount(shown, '{n} collection', '{n} collections');
    return page.next;
  }
  const pager = makePager(async (cursor) => add(await get('/api/portal/collections', { ...query, cursor })));
  const first = await get('/api/portal/collections', query);
  if (first.items.length === 0) {
    fill(place, empty());
    return false;
  }
  fill(place, count, el('div', { class: 'card card-table' }, table.node), pager.node);
  pager.set(add(first));
  return true;
}
