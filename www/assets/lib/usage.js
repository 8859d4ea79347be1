/**
 * What somebody stores and downloads, and how much of each is allowed: for Settings → User Profile and → Collections.
 *
 * For tests: regions "Storage and downloads" (terms "Stored", "Downloads") and "Storage of your collections" (table of the same name, and with two or more the list "Storage by collection").
 */

import { get } from './api.js';
import { treemap } from './chart.js';
import { el } from './dom.js';
import { size, sizeElement, timeElement } from './format.js';
import { facts } from './parts.js';
import { number, say, sayCount, sayWith } from './say.js';
import { makeTable } from './table.js';

/**
 * @typedef {{limit: number, used: number, reserved: number}} Storage
 * @typedef {{limit: number, used: number, remaining: number, resets_at: string | null}} Downloads
 * @typedef {{id: number, name: string, limit: number, used: number}} CollectionUse
 * @typedef {{storage: Storage, downloads: Downloads, collections: CollectionUse[]}} Usage
 */

/** @returns {Promise<Usage>} */
export function usage() {
  return get('/api/me/usage');
}

/** A small bar; the words beside it say the same. @param {number} used @param {number} limit @param {string} name */
function meter(used, limit, name) {
  return el('meter', { class: 'usage-meter', min: 0, max: limit, high: limit * 0.9, optimum: 0, value: Math.min(used, limit), 'aria-label': name });
}

/** @param {number} used @param {number} limit @param {string} name */
export function storageWords(used, limit, name) {
  return limit
    ? [meter(used, limit, name), ' ', sayWith('{used} of {limit}', { used: sizeElement(used), limit: sizeElement(limit) })]
    : [sizeElement(used), el('span', { class: 'quiet' }, ', ', say('no limit'))];
}

/** @param {Downloads} d */
function downloads(d) {
  if (!d.limit) return null;
  return [meter(d.used, d.limit, say('Downloads made')), ' ', sayCount(d.limit, '{left} of {n} download left', '{left} of {n} downloads left', { left: number(d.remaining) }),
    d.resets_at ? [', ', sayWith('all again from {when}', { when: timeElement(d.resets_at) })] : null];
}

/** @param {Usage} u */
export function usageCard(u) {
  const { storage: s } = u;
  return el('section', { class: 'card', 'aria-labelledby': 'usage' },
    el('h3', { id: 'usage' }, say('Storage and downloads')),
    facts([
      [say('Stored'), storageWords(s.used, s.limit, say('Storage used'))],
      [say('Being pushed'), s.reserved ? size(s.reserved) : null],
      [say('Downloads'), downloads(u.downloads)],
    ]),
    el('p', { class: 'hint' }, say('Counted are the images that the tags you pushed show; the same image under several tags counts once.')));
}

/** The collections of the user's own, fullest first; nothing when there are none. @param {Usage} u */
export function collectionsUsage(u) {
  if (u.collections.length === 0) return null;
  /** @type {import('./table.js').Column<CollectionUse>[]} */
  const columns = [
    { name: say('Collection'), isHeader: true, cell: (c) => el('a', { class: 'row-link', href: `/collections/${c.id}` }, c.name) },
    { name: say('Stored'), cell: (c) => el('span', {}, storageWords(c.used, c.limit, say('Storage used by {name}', { name: c.name }))) },
  ];
  const table = makeTable({ caption: say('Storage of your collections'), columns });
  table.set(u.collections);
  const filled = u.collections.filter((c) => c.used > 0);
  const map = filled.length > 1 ? treemap(say('Storage by collection'), [...filled].sort((a, b) => b.used - a.used)
    .map((c) => ({ name: c.name, value: c.used, text: size(c.used), href: `/collections/${c.id}` }))) : null;
  return el('section', { class: 'card card-table', 'aria-labelledby': 'collections-usage' },
    el('div', { class: 'card-head' }, el('h2', { id: 'collections-usage' }, say('Storage of your collections'))), map, table.node);
}
