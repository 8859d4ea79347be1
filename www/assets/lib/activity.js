/**
 * How full a collection is and what was done in it, for those who may see it.
 *
 * For tests: region "Activity" with the line "Stored …" and the table "Activity" (columns What, By, When), button "Load more".
 */

import { get } from './api.js';
import { el } from './dom.js';
import { timeElement } from './format.js';
import { makePager } from './pager.js';
import { makeTable } from './table.js';
import { storageWords } from './usage.js';

/** @typedef {{at: string, user: string | null, action: string, subject: string}} Activity */

/** What an action of the audit is in words; the subject follows. @type {Record<string, string>} */
const WORDS = {
  'collection.create': 'Created', 'collection.rename': 'Renamed', 'collection.describe': 'Described', 'collection.private': 'Made private',
  'collection.public': 'Made public', 'collection.member': 'Member', 'collection.member_remove': 'Member removed', 'image.push': 'Pushed', 'image.tag': 'Tagged',
  'image.delete': 'Deleted', 'image.import': 'Brought', 'image.freeze': 'Froze', 'image.unfreeze': 'Let go', 'image.version_delete': 'Forgot', 'share.create': 'Shared', 'share.revoke': 'Share revoked',
};

/** @param {{id: number, role: string}} collection */
export async function activitySection(collection) {
  if (collection.role !== 'owner' && collection.role !== 'admin') return null;
  const address = `/api/portal/collections/${collection.id}/activity`;
  const first = await get(address);
  const table = makeTable({ caption: 'Activity', columns: [
    { name: 'What', isHeader: true, class: 'wide', cell: (/** @type {Activity} */ a) => [WORDS[a.action] ?? a.action, ' ', el('span', { class: 'mono wrap-anywhere' }, a.subject)] },
    { name: 'By', cell: (/** @type {Activity} */ a) => a.user ?? el('span', { class: 'muted' }, 'the operator') },
    { name: 'When', cell: (/** @type {Activity} */ a) => timeElement(a.at) },
  ] });
  const pager = makePager(async (cursor) => {
    const page = await get(address, { cursor });
    table.add(page.items);
    return page.next;
  });
  table.add(first.items);
  pager.set(first.next);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'activity' },
    el('div', { class: 'card-head' }, el('h2', { id: 'activity' }, 'Activity'), el('p', { class: 'count' }, 'Stored: ', storageWords(first.storage.used, first.storage.limit, 'Storage used'))),
    first.items.length ? table.node : el('p', { class: 'inset muted' }, 'Nothing was noted yet.'), pager.node);
}
