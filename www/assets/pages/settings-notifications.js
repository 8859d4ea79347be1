/**
 * Settings → Notifications: what became of transfers and was not read yet, and whether Globus writes e-mails.
 *
 * For tests: checkbox "Let Globus write an e-mail …"; region "Not read yet" with a list, button "Mark all as read".
 */

import { get, post } from '../lib/api.js';
import { el, enable, fill } from '../lib/dom.js';
import { mailChoice } from '../lib/mailchoice.js';
import { notify } from '../lib/notify.js';
import { say, sayWith } from '../lib/say.js';
import { sentToLogin, showNews } from '../lib/shell.js';
import { makeTransferView } from '../lib/transferview.js';

/** @typedef {import('../lib/api.js').Me} Me */

/** @param {HTMLElement} place */
async function unread(place) {
  const { items } = await get('/api/news');
  const read = el('button', { class: 'button button-small', type: 'button', on: { click: markAll } }, say('Mark all as read'));
  async function markAll() {
    read.disabled = true;
    try {
      await post('/api/transfers/notice');
      showNews(0);
      await unread(place);
      place.focus();
    } catch (error) {
      enable(read);
      if (!sentToLogin(error)) notify({ kind: 'bad', text: say('They could not be marked as read. Try again.') });
    }
  }
  fill(place, el('div', { class: 'section-head' }, el('h3', { id: 'unread' }, say('Not read yet')), items.length ? read : null),
    items.length === 0 ? el('p', { class: 'muted' }, say('Nothing. When a transfer is done, fails or needs you, it is told on whatever page you have open, and stays here until you have read it.'))
      : el('div', { class: 'transfer-list' }, items.map((/** @type {any} */ t) => makeTransferView(t, { heading: 'h4', linked: true }).node)));
}

/** @param {Me} who */
function mail(who) {
  if (!who.globus) return el('p', {}, sayWith('Globus can write you e-mails about your transfers once it is {connected}.', { connected: el('a', { href: '/settings/integrations' }, say('connected')) }));
  return [mailChoice(who.globus), el('p', { class: 'hint' }, say('The e-mails come from Globus, to the address of your Globus account. This registry sends none.'))];
}

/** @param {Me} who @param {HTMLElement} content */
export async function drawNotifications(who, content) {
  if (!who.site.globus_enabled) {
    fill(content, el('h2', {}, say('Notifications')), el('p', {}, say('This registry has nothing to notify you of.')));
    return;
  }
  const place = el('section', { 'aria-labelledby': 'unread', tabindex: '-1' });
  await unread(place);
  fill(content, el('h2', {}, say('Notifications')), place, el('section', { class: 'card', 'aria-labelledby': 'mail' }, el('h3', { id: 'mail' }, say('E-mail')), mail(who)));
}
