/** Collections as cards, for where a few stand side by side. */

import { visibility } from './collectionlist.js';
import { el } from './dom.js';
import { timeElement } from './format.js';
import { sayCount, sayWith } from './say.js';

/** @typedef {import('./collectionlist.js').CollectionItem} CollectionItem */

/** @param {CollectionItem[]} items */
export function collectionCards(items) {
  return el('ul', { class: 'cards' }, items.map((c) => el('li', { class: 'card' },
    el('h3', {}, el('a', { class: 'row-link', href: `/collections/${c.id}` }, c.name)),
    c.description ? el('p', { class: 'hint clip' }, c.description) : null,
    el('p', { class: 'facts-line' }, c.private ? visibility(true) : null, el('span', {}, sayCount(c.container_count, '{n} container', '{n} containers')), el('span', {}, sayWith('pushed {when}', { when: timeElement(c.updated_at) }))))));
}
