/** Admin → Users: who there is, what they store, and switching them on and off. */

import { change, get } from '../lib/api.js';
import { confirmDialog } from '../lib/dialog.js';
import { el, fill, hidden } from '../lib/dom.js';
import { sizeElement, timeElement } from '../lib/format.js';
import { notify } from '../lib/notify.js';
import { makePager } from '../lib/pager.js';
import { errorPanel } from '../lib/panel.js';
import { number, say, sayWith } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';
import { makeTable } from '../lib/table.js';

/** @typedef {{username: string, admin: boolean, active: boolean, globus: boolean, created_at: string, last_seen_at: string | null, stored_bytes: number, quota_bytes: number, collections: number}} User */

const ADDRESS = '/api/admin/users';

/** @param {User} u @param {string} self @param {(u: User) => void} press */
function switchButton(u, self, press) {
  if (u.username === self) return null;
  return el('button', { class: `button button-small ${u.active ? 'button-bad' : ''}`, type: 'button', on: { click: () => press(u) } }, u.active ? say('Switch off') : say('Switch on'), hidden(` ${u.username}`));
}

/** @param {import('../lib/api.js').Me} who */
export async function usersSection(who) {
  let q = '';
  const box = el('input', { id: 'users-q', type: 'search', maxlength: 64, autocomplete: 'off', spellcheck: 'false' });
  const place = el('div', { 'aria-live': 'polite' });
  const table = makeTable({ caption: say('Users'), columns: [
    { name: say('User'), isHeader: true, cell: (/** @type {User} */ u) => [u.username, u.admin ? [' ', el('span', { class: 'badge badge-info' }, say('admin'))] : null, u.active ? null : [' ', el('span', { class: 'badge badge-bad' }, say('switched off'))]] },
    { name: say('Stored'), class: 'number', cell: (/** @type {User} */ u) => (u.quota_bytes ? sayWith('{used} of {limit}', { used: sizeElement(u.stored_bytes), limit: sizeElement(u.quota_bytes) }) : sizeElement(u.stored_bytes)) },
    { name: say('Collections'), class: 'number', cell: (/** @type {User} */ u) => number(u.collections) },
    ...(who.site.globus_enabled ? [{ name: 'Globus', cell: (/** @type {User} */ u) => (u.globus ? say('connected') : '–') }] : []),
    { name: say('Last seen'), cell: (/** @type {User} */ u) => timeElement(u.last_seen_at) },
    { name: say('Since'), cell: (/** @type {User} */ u) => timeElement(u.created_at) },
    { name: say('Action'), quietName: true, class: 'action', cell: (/** @type {User} */ u) => switchButton(u, who.user?.username ?? '', turn) },
  ] });
  const pager = makePager(async (cursor) => {
    const page = await get(ADDRESS, { q, cursor });
    table.add(page.items);
    return page.next;
  });

  async function show() {
    try {
      const page = await get(ADDRESS, { q });
      table.set(page.items);
      pager.set(page.next);
      fill(place, page.items.length ? null : el('p', { class: 'inset muted' }, say('No user has that in the name.')));
    } catch (error) {
      if (!sentToLogin(error)) fill(place, errorPanel(error, { retry: show }));
    }
  }
  /** @param {User} u */
  async function turn(u) {
    if (u.active && !await confirmDialog({ title: say('Switch off {user}?', { user: u.username }), yes: say('Switch off {user}', { user: u.username }), no: say('Leave as it is'),
      text: say('Their sessions end at once, and neither pages nor the client let them in. What they stored stays, and transfers that run at Globus go on. You can switch them on again.') })) return;
    try {
      await change('PATCH', `${ADDRESS}/${encodeURIComponent(u.username)}`, { active: !u.active });
      notify({ kind: 'ok', text: u.active ? say('{user} is switched off.', { user: u.username }) : say('{user} is switched on.', { user: u.username }) });
      await show();
      box.focus();
    } catch (error) {
      if (!sentToLogin(error)) notify({ kind: 'bad', text: error instanceof Error ? error.message : say('That did not work. Try again.') });
    }
  }
  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    q = box.value.trim().toLowerCase();
    show();
  }
  const form = el('form', { class: 'search', role: 'search', on: { submit } },
    el('label', { for: 'users-q', class: 'visually-hidden' }, say('Part of a name')), box, el('button', { class: 'button', type: 'submit' }, say('Find'), hidden(' ', say('users'))));
  await show();
  return el('section', { class: 'card card-table', 'aria-labelledby': 'users' }, el('div', { class: 'card-head' }, el('h2', { id: 'users' }, say('Users')), form), table.node, place, pager.node);
}
