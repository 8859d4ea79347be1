/**
 * Settings → Sessions: where the user is signed in.
 *
 * For tests: table "Sessions" with a row each ("Firefox on Linux", address, times), "this one" in the own row, in the others the button
 * "Sign out"; button "Sign out everywhere", which opens the dialog "Sign out everywhere?".
 */

import { change, get } from '../lib/api.js';
import { agentName } from '../lib/agent.js';
import { confirmDialog } from '../lib/dialog.js';
import { el, fill, hidden } from '../lib/dom.js';
import { timeElement } from '../lib/format.js';
import { notify } from '../lib/notify.js';
import { say } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';
import { makeTable } from '../lib/table.js';

/** @typedef {{id: string, address: string, agent: string | null, created_at: string, last_seen_at: string, this: boolean}} Session */

/** @param {unknown} error */
function refused(error) {
  if (!sentToLogin(error)) notify({ kind: 'bad', text: say('Signing out did not work. Try again.') });
}

async function everywhere() {
  const sure = await confirmDialog({
    title: say('Sign out everywhere?'), yes: say('Sign out everywhere'), no: say('Stay signed in'),
    text: say('All your sessions end, this one too, and you sign in again. Transfers go on, and the client’s token stays as it is: make a new one under Integrations if it may be known to others.'),
  });
  if (!sure) return;
  await change('DELETE', '/api/me/sessions').then(() => location.assign('/login?notice=signed_out'), refused);
}

/** @param {import('../lib/api.js').Me} _who @param {HTMLElement} content */
export async function drawSessions(_who, content) {
  const said = el('p', { class: 'count', role: 'status' });
  /** @param {Session} s */
  async function end(s) {
    try {
      await change('DELETE', `/api/me/sessions/${s.id}`);
    } catch (error) {
      refused(error);
      return;
    }
    await show();
    said.textContent = say('{browser} is signed out.', { browser: agentName(s.agent) });
    button.focus();
  }
  const table = makeTable({ caption: say('Sessions'), columns: [
    { name: say('Browser'), isHeader: true, cell: (/** @type {Session} */ s) => [el('span', { title: s.agent ?? '' }, agentName(s.agent)), s.this ? [' ', el('span', { class: 'badge badge-ok' }, say('this one'))] : null] },
    { name: say('Address'), cell: (/** @type {Session} */ s) => el('span', { class: 'mono wrap-anywhere' }, s.address) },
    { name: say('Signed in'), cell: (/** @type {Session} */ s) => timeElement(s.created_at) },
    { name: say('Last used'), cell: (/** @type {Session} */ s) => timeElement(s.last_seen_at) },
    { name: say('Action'), quietName: true, class: 'action', cell: (/** @type {Session} */ s) => (s.this ? null
      : el('button', { class: 'button button-small', type: 'button', on: { click: () => end(s) } }, say('Sign out'), hidden(` ${agentName(s.agent)}`))) },
  ] });
  const button = el('button', { class: 'button button-bad', type: 'button', on: { click: everywhere } }, say('Sign out everywhere'));
  async function show() {
    table.set((await get('/api/me/sessions')).items);
  }
  await show();
  fill(content, el('div', { class: 'page-head' }, el('h2', {}, say('Sessions')), el('p', { class: 'actions' }, button)),
    el('p', {}, say('Where you are signed in. End what you do not know or do not use any more.')), said,
    el('div', { class: 'card card-table' }, table.node));
}
