/**
 * Settings → Integrations: the Globus connection and the API token.
 *
 * For tests: button "Connect Globus" or "Disconnect Globus"; heading "API" (id api); button "API Token" (see settings-token.js).
 */

import { el, fill } from '../lib/dom.js';
import { timeElement } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { connectForm, facts, globusForm } from '../lib/parts.js';
import { tokenSection } from './settings-token.js';

/** @typedef {import('../lib/api.js').Me} Me */

const AFTER_CONNECT = '/globus/transfer';

/** What the three steps are, before the first one. @param {string} csrf */
function firstRun(csrf) {
  return [
    el('p', {}, 'Send images from this registry to any ', el('a', { href: '/words#endpoint' }, 'endpoint'), ' that you may write to (Globus says “collection”): your cluster, your group’s storage, your laptop.'),
    el('ol', { class: 'steps' },
      el('li', {}, el('strong', {}, 'Connect'), ' your Globus account, once.'),
      el('li', {}, el('strong', {}, 'Choose'), ' an image with its exchange icon ', icon('exchange'), ' and a place to send it to.'),
      el('li', {}, el('strong', {}, 'Transfer.'), ' Globus moves it, also while your computer is off.')),
    connectForm(csrf, AFTER_CONNECT),
  ];
}

/** @param {string} csrf @param {import('../lib/api.js').GlobusLink} link */
function ended(csrf, link) {
  return [
    el('div', { class: 'notice notice-warn' }, icon('alert'), el('div', { class: 'notice-body' },
      el('p', { class: 'notice-title' }, 'Globus ended this connection'),
      el('p', {}, `It was made for ${link.username}. Connections end when they are not used for six months or when you withdraw your consent at Globus. Connect again to go on.`))),
    connectForm(csrf, AFTER_CONNECT),
  ];
}

/** What people read in place of the scopes they know. @type {Record<string, string>} */
const scopeTexts = {
  openid: 'know who you are',
  profile: 'see your name and organization',
  email: 'see your email address',
  'urn:globus:auth:scope:transfer.api.globus.org:all': 'list your endpoints and transfer files in your name',
};

/** @param {string[]} scopes */
function scopeList(scopes) {
  const unique = [...new Set(scopes)];
  return el('ul', { class: 'ticks' }, unique.map((scope) => el('li', {}, scopeTexts[scope] ?? 'use a collection you gave consent for', ' ',
    el('code', { class: 'wrap-anywhere muted' }, scope))));
}

/** Disconnecting also takes away a way to sign in; who has no other cannot. @param {Me} who */
function signInNote(who) {
  if (!who.site.globus_login) return null;
  if (!who.site.password_login) return el('li', {}, 'It is not possible while Globus is how people sign in to this registry.');
  return who.has_password
    ? el('li', {}, 'You sign in with your password then. “Sign in with Globus” would not lead to this account any more.')
    : el('li', {}, 'Globus is your only way to sign in: ', el('a', { href: '/settings/profile' }, 'set a password'), ' first.');
}

/** @param {string} csrf @param {import('../lib/api.js').GlobusLink} link @param {Me} who */
function connected(csrf, link, who) {
  return [
    el('p', {}, el('span', { class: 'badge badge-ok' }, icon('tick'), 'connected')),
    facts([
      ['Identity', el('strong', {}, link.username)],
      ['Email', link.email],
      ['Since', timeElement(link.linked_at)],
      ['Last used', link.last_used_at ? timeElement(link.last_used_at) : 'not yet'],
      ['Permission until', link.expires_at ? [timeElement(link.expires_at), ' (renewed by itself while you use it)'] : null],
      ['Allows', scopeList(link.scopes)],
    ]),
    el('p', {}, 'Whether Globus writes you e-mails is chosen under ', el('a', { href: '/settings/notifications' }, 'Notifications'), '.'),
    el('p', { class: 'actions' }, el('a', { class: 'button button-primary', href: AFTER_CONNECT }, icon('exchange'), 'Choose an endpoint')),
    el('div', { class: 'part' },
      el('h4', {}, 'What disconnecting does'),
      el('ul', { class: 'ticks' },
        el('li', {}, 'It revokes the registry’s access to your Globus account and forgets the connection here.'),
        el('li', {}, 'It does not stop transfers that are running: Globus finishes them. Cancel them first if you do not want them.'),
        el('li', {}, 'It takes you to Globus’s own logout page, where you can sign out there too. You stay signed in here, and your images stay.'),
        signInNote(who)),
      globusForm({ action: '/globus/logout', csrf, label: 'Disconnect Globus', class: 'button-bad' })),
  ];
}

/** @param {Me} who */
function globusSection(who) {
  const csrf = who.csrf_token ?? '';
  const link = who.globus;
  const inside = !link ? firstRun(csrf) : link.reconnect ? ended(csrf, link) : connected(csrf, link, who);
  return el('section', { class: 'card', 'aria-labelledby': 'globus' }, el('h3', { id: 'globus' }, 'Globus'), inside);
}

/** @param {Me} who @param {HTMLElement} content */
export function drawIntegrations(who, content) {
  fill(content, el('h2', {}, 'Integrations'), who.site.globus_enabled ? globusSection(who) : null, tokenSection());
}
