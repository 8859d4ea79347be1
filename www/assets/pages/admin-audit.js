/** Admin → Audit: who did what, last first. */

import { get } from '../lib/api.js';
import { el, fill } from '../lib/dom.js';
import { timeElement } from '../lib/format.js';
import { makePager } from '../lib/pager.js';
import { errorPanel } from '../lib/panel.js';
import { say } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';
import { makeTable } from '../lib/table.js';

/** @typedef {{id: number, at: string, username: string | null, action: string, subject: string, address: string | null}} Deed */

const ADDRESS = '/api/admin/audit';

/** @param {string} label @param {string} id @param {number} maxlength */
function filter(label, id, maxlength) {
  const input = el('input', { id, maxlength, autocomplete: 'off', spellcheck: 'false' });
  return { input, node: el('p', { class: 'filter' }, el('label', { for: id }, label), input) };
}

export async function auditSection() {
  const user = filter(say('User'), 'audit-user', 64);
  const action = filter(say('Action'), 'audit-action', 64);
  const place = el('div', { 'aria-live': 'polite' });
  const table = makeTable({ caption: say('Audit'), columns: [
    { name: say('When'), cell: (/** @type {Deed} */ d) => timeElement(d.at) },
    { name: say('Who'), cell: (/** @type {Deed} */ d) => d.username ?? el('span', { class: 'muted' }, say('the operator')) },
    { name: say('What'), isHeader: true, cell: (/** @type {Deed} */ d) => el('code', {}, d.action) },
    { name: say('To what'), class: 'wide', cell: (/** @type {Deed} */ d) => el('span', { class: 'wrap-anywhere' }, d.subject || '–') },
    { name: say('From'), cell: (/** @type {Deed} */ d) => (d.address ? el('span', { class: 'mono wrap-anywhere' }, d.address) : '–') },
  ] });
  const query = () => ({ user: user.input.value.trim().toLowerCase(), action: action.input.value.trim() });
  const pager = makePager(async (cursor) => {
    const page = await get(ADDRESS, { ...query(), cursor });
    table.add(page.items);
    return page.next;
  });
  async function show() {
    try {
      const page = await get(ADDRESS, query());
      table.set(page.items);
      pager.set(page.next);
      fill(place, page.items.length ? null : el('p', { class: 'inset muted' }, say('Nothing of that kind was noted.')));
    } catch (error) {
      if (!sentToLogin(error)) fill(place, errorPanel(error, { retry: show }));
    }
  }
  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    show();
  }
  const form = el('form', { class: 'filters', on: { submit } }, user.node, action.node,
    el('button', { class: 'button', type: 'submit' }, say('Show')));
  await show();
  return el('section', { class: 'card card-table', 'aria-labelledby': 'audit' }, el('div', { class: 'card-head' }, el('h2', { id: 'audit' }, say('Audit')), form), table.node, place, pager.node);
}
