/**
 * How full a collection is and what was done in it, for those who may see it.
 *
 * For tests: region "Activity" with the line "Stored …" and the table "Activity" (columns What, By, When), button "Load more".
 */

import { get } from './api.js';
import { el } from './dom.js';
import { timeElement } from './format.js';
import { makePager } from './pager.js';
import { say, sayWith } from './say.js';
import { makeTable } from './table.js';
import { storageWords } from './usage.js';

/** @typedef {{at: string, user: string | null, action: string, subject: string}} Activity */

/** What an action of the audit is in words; the subject follows. @type {Record<string, string>} */
const WORDS = {
  'collection.create': say('Created'), 'collection.rename': say('Renamed'), 'collection.describe': say('Described'), 'collection.private': say('Made private'),
  'collection.public': say('Made public'), 'collection.member': say('Member'), 'collection.member_remove': say('Member removed'), 'image.push': say('Pushed'), 'image.tag': say('Tagged'),
  'image.delete': say('Deleted'), 'image.import': say('Brought'), 'image.freeze': say('Froze'), 'image.unfreeze': say('Let go'), 'image.version_delete': say('Forgot'), 'share.create': say('Shared'), 'share.revoke': say('Share revoked'),
};

/** @param {{id: number, role: string}} collection */
export async function activitySection(collection) {
  if (collection.role !== 'owner' && collection.role !== 'admin') return null;
  const address = `/api/portal/collections/${collection.id}/activity`;
  const first = await get(address);
  const table = makeTable({ caption: say('Activity'), columns: [
    { name: say('What'), isHeader: true, class: 'wide', cell: (/** @type {Activity} */ a) => [WORDS[a.action] ?? a.action, ' ', el('span', { class: 'mono wrap-anywhere' }, a.subject)] },
    { name: say('By'), cell: (/** @type {Activity} */ a) => a.user ?? el('span', { class: 'muted' }, say('the operator')) },
    { name: say('When'), cell: (/** @type {Activity} */ a) => timeElement(a.at) },
  ] });
  const pager = makePager(async (cursor) => {
    const page = await get(address, { cursor });
    table.add(page.items);
    return page.next;
  });
  table.add(first.items);
  pager.set(first.next);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'activity' },
    el('div', { class: 'card-head' }, el('h2', { id: 'activity' }, say('Activity')), el('p', { class: 'count' }, sayWith('Stored: {storage}', { storage: storageWords(first.storage.used, first.storage.limit, say('Storage used')) }))),
    first.items.length ? table.node : el('p', { class: 'inset muted' }, say('Nothing was noted yet.')), pager.node);
}
