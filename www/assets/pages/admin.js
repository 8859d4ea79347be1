/**
 * /admin: how much there is, who the users are, who did what. For administrators.
 *
 * For tests: regions "Overview", "Open transfers", "Storage", "Users" (table with a row each, searchbox "Part of a name", buttons "Switch off <name>" and
 * "Switch on <name>", the first after the dialog "Switch off <name>?"), "Audit" (table; textboxes "User", "Action", button "Show").
 */

import { get } from '../lib/api.js';
import { treemap } from '../lib/chart.js';
import { el, fill } from '../lib/dom.js';
import { plural, size, timeElement } from '../lib/format.js';
import { facts } from '../lib/parts.js';
import { start } from '../lib/shell.js';
import { makeTable } from '../lib/table.js';
import { stateBadge } from '../lib/transferview.js';
import { auditSection } from './admin-audit.js';
import { usersSection } from './admin-users.js';

/** @typedef {{users: number, active_users: number, collections: number, containers: number, images: number, stored_bytes: number, damaged: number, late_revocations: number}} Counts */
/** @typedef {{state: string, count: number, bytes: number, oldest_at: string}} Open */

/** @param {Counts} c */
function overview(c) {
  return el('section', { class: 'card', 'aria-labelledby': 'overview' }, el('h2', { id: 'overview' }, 'Overview'), facts([
    ['Users', `${c.users.toLocaleString('en')}, of whom ${c.active_users.toLocaleString('en')} are switched on`],
    ['Collections', c.collections.toLocaleString('en')],
    ['Images', `${plural(c.images, 'file')} under ${plural(c.containers, 'tag')}`],
    ['Stored', size(c.stored_bytes)],
    ['Damaged', c.damaged ? `${plural(c.damaged, 'image')}: their bytes changed on the disk and are refused (docs/operating.md)` : 'none'],
    ['Late revocations', c.late_revocations ? `${plural(c.late_revocations, 'token')} that Globus did not take back for three days (docs/operating.md)` : 'none'],
  ]), el('p', { class: 'hint' }, 'Whether all is set up as it should be, says ', el('code', {}, 'transload doctor'), ' on the server.'));
}

/** @param {Open[]} items */
function openTransfers(items) {
  const table = makeTable({ caption: 'Open transfers', columns: [
    { name: 'State', isHeader: true, cell: (/** @type {Open} */ o) => stateBadge(/** @type {any} */ (o)) },
    { name: 'Transfers', class: 'number', cell: (/** @type {Open} */ o) => o.count.toLocaleString('en') },
    { name: 'Bytes', class: 'number', cell: (/** @type {Open} */ o) => size(o.bytes) },
    { name: 'Oldest', cell: (/** @type {Open} */ o) => timeElement(o.oldest_at) },
  ] });
  table.set(items);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'open' }, el('div', { class: 'card-head' }, el('h2', { id: 'open' }, 'Open transfers')),
    items.length ? table.node : el('p', { class: 'inset muted' }, 'None: everything that was sent has ended.'));
}

/** @param {{id: number, name: string, used: number}[]} items */
function storage(items) {
  const table = makeTable({ caption: 'Storage by collection', columns: [
    { name: 'Collection', isHeader: true, cell: (/** @type {any} */ c) => el('a', { class: 'row-link', href: `/collections/${c.id}` }, c.name) },
    { name: 'Stored', class: 'number', cell: (/** @type {any} */ c) => size(c.used) },
  ] });
  table.set(items);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'storage' }, el('div', { class: 'card-head' }, el('h2', { id: 'storage' }, 'Storage')),
    items.length > 1 ? treemap('Fullest collections', items.map((c) => ({ name: c.name, value: c.used, text: size(c.used), href: `/collections/${c.id}` }))) : null,
    items.length ? table.node : el('p', { class: 'inset muted' }, 'Nothing is stored yet.'));
}

start(async (who, content) => {
  const [all, users, audit] = await Promise.all([get('/api/admin/overview'), usersSection(who), auditSection()]);
  fill(content, overview(all.counts), openTransfers(all.open_transfers), storage(all.fullest), users, audit);
}, { needsUser: true });
