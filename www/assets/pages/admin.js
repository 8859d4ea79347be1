/**
 * /admin: how much there is, what runs, what is wrong, who the users are, who did what. For administrators.
 *
 * For tests: regions "Overview", "Processes", "Doctor", "Open transfers", "Storage", "Users" (table with a row each, searchbox "Part of a name", buttons "Switch off <name>" and
 * "Switch on <name>", the first after the dialog "Switch off <name>?"), "Audit" (table; textboxes "User", "Action", button "Show").
 */

import { get } from '../lib/api.js';
import { treemap } from '../lib/chart.js';
import { el, fill } from '../lib/dom.js';
import { size, timeElement } from '../lib/format.js';
import { facts } from '../lib/parts.js';
import { number, say, sayCount } from '../lib/say.js';
import { start } from '../lib/shell.js';
import { makeTable } from '../lib/table.js';
import { stateBadge } from '../lib/transferview.js';
import { auditSection } from './admin-audit.js';
import { doctorSection } from './admin-doctor.js';
import { processesSection } from './admin-processes.js';
import { usersSection } from './admin-users.js';

/** @typedef {{users: number, active_users: number, collections: number, containers: number, images: number, stored_bytes: number, damaged: number, late_revocations: number}} Counts */
/** @typedef {{state: string, count: number, bytes: number, oldest_at: string}} Open */

/** @param {Counts} c @returns {[string, string]} */
function lateRevocations(c) {
  return [say('Late revocations'), c.late_revocations ? sayCount(c.late_revocations, '{n} token that Globus did not take back for three days (docs/troubleshooting.md)', '{n} tokens that Globus did not take back for three days (docs/troubleshooting.md)') : say('none')];
}

/** @param {Counts} c @param {boolean} hasGlobus */
function overview(c, hasGlobus) {
  return el('section', { class: 'card', 'aria-labelledby': 'overview' }, el('h2', { id: 'overview' }, say('Overview')), facts([
    [say('Users'), say('{all}, of whom {active} are switched on', { all: number(c.users), active: number(c.active_users) })],
    [say('Collections'), number(c.collections)],
    [say('Images'), say('{files} under {tags}', { files: sayCount(c.images, '{n} file', '{n} files'), tags: sayCount(c.containers, '{n} tag', '{n} tags') })],
    [say('Stored'), size(c.stored_bytes)],
    [say('Damaged'), c.damaged ? sayCount(c.damaged, '{n} image: its bytes changed on the disk and are refused (docs/operating.md)', '{n} images: their bytes changed on the disk and are refused (docs/operating.md)') : say('none')],
    ...(hasGlobus ? [lateRevocations(c)] : []),
  ]));
}

/** @param {Open[]} items */
function openTransfers(items) {
  const table = makeTable({ caption: say('Open transfers'), columns: [
    { name: say('State'), isHeader: true, cell: (/** @type {Open} */ o) => stateBadge(/** @type {any} */ (o)) },
    { name: say('Transfers'), class: 'number', cell: (/** @type {Open} */ o) => number(o.count) },
    { name: say('Bytes'), class: 'number', cell: (/** @type {Open} */ o) => size(o.bytes) },
    { name: say('Oldest'), cell: (/** @type {Open} */ o) => timeElement(o.oldest_at) },
  ] });
  table.set(items);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'open' }, el('div', { class: 'card-head' }, el('h2', { id: 'open' }, say('Open transfers'))),
    items.length ? table.node : el('p', { class: 'inset muted' }, say('None: everything that was sent has ended.')));
}

/** @param {{id: number, name: string, used: number}[]} items */
function storage(items) {
  const table = makeTable({ caption: say('Storage by collection'), columns: [
    { name: say('Collection'), isHeader: true, cell: (/** @type {any} */ c) => el('a', { class: 'row-link', href: `/collections/${c.id}` }, c.name) },
    { name: say('Stored'), class: 'number', cell: (/** @type {any} */ c) => size(c.used) },
  ] });
  table.set(items);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'storage' }, el('div', { class: 'card-head' }, el('h2', { id: 'storage' }, say('Storage'))),
    items.length > 1 ? treemap(say('Fullest collections'), items.map((c) => ({ name: c.name, value: c.used, text: size(c.used), href: `/collections/${c.id}` }))) : null,
    items.length ? table.node : el('p', { class: 'inset muted' }, say('Nothing is stored yet.')));
}

start(async (who, content) => {
  const [all, users, audit] = await Promise.all([get('/api/admin/overview'), usersSection(who), auditSection()]);
  const hasGlobus = who.site.globus_enabled;
  fill(content, overview(all.counts, hasGlobus), processesSection(all.processes), doctorSection(all.findings),
    hasGlobus ? openTransfers(all.open_transfers) : null, storage(all.fullest), users, audit);
}, { needsUser: true });
