/** Collections as cards, for where a few stand side by side. */

import { visibility } from './collectionlist.js';
import { el } from './dom.js';
import { plural, timeElement } from './format.js';

/** @typedef {import('./collectionlist.js').CollectionItem} CollectionItem */

/** @param {CollectionItem[]} items */
export function collectionCards(items) {
  return el('ul', { class: 'cards' }, items.map((c) => el('li', { class: 'card' },
    el('h3', {}, el('a', { class: 'row-link', href: `/collections/${c.id}` }, c.name)),
    c.description ? el('p', { class: 'hint clip' }, c.description) : null,
    el('p', { class: 'facts-line' }, c.private ? visibility(true) : null, el('span', {}, plural(c.container_count, 'container')), el('span', {}, 'pushed ', timeElement(c.updated_at))))));
}
