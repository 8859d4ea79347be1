/**
 * Settings → Integrations: the Globus connection and the API token.
 *
 * For tests: button "Connect Globus" or "Disconnect Globus"; heading "API" (id api); button "API Token" (see settings-token.js).
 */

import { el, fill } from '../lib/dom.js';
import { timeElement } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { connectForm, facts, globusForm } from '../lib/parts.js';
import { say, sayWith } from '../lib/say.js';
import { tokenSection } from './settings-token.js';

/** @typedef {import('../lib/api.js').Me} Me */

const AFTER_CONNECT = '/globus/transfer';

/** What the three steps are, before the first one. @param {string} csrf */
function firstRun(csrf) {
  return [
    el('p', {}, sayWith('Send images from this registry to any {endpoint} that you may write to (Globus says “collection”): your cluster, your group’s storage, your laptop.',
      { endpoint: el('a', { href: '/words#endpoint' }, say('endpoint')) })),
    el('ol', { class: 'steps' },
      el('li', {}, sayWith('{connect} your Globus account, once.', { connect: el('strong', {}, say('Connect')) })),
      el('li', {}, sayWith('{choose} an image with its exchange icon {icon} and a place to send it to.', { choose: el('strong', {}, say('Choose')), icon: icon('exchange') })),
      el('li', {}, sayWith('{transfer} Globus moves it, also while your computer is off.', { transfer: el('strong', {}, say('Transfer.')) }))),
    connectForm(csrf, AFTER_CONNECT),
  ];
}

/** @param {string} csrf @param {import('../lib/api.js').GlobusLink} link */
function ended(csrf, link) {
  return [
    el('div', { class: 'notice notice-warn' }, icon('alert'), el('div', { class: 'notice-body' },
      el('p', { class: 'notice-title' }, say('Globus ended this connection')),
      el('p', {}, say('It was made for {user}. Connections end when they are not used for six months or when you withdraw your consent at Globus. Connect again to go on.', { user: link.username })))),
    connectForm(csrf, AFTER_CONNECT),
  ];
}

/** What people read in place of the scopes they know. @type {Record<string, string>} */
const scopeTexts = {
  openid: say('know who you are'),
  profile: say('see your name and organization'),
  email: say('see your email address'),
  'urn:globus:auth:scope:transfer.api.globus.org:all': say('list your endpoints and transfer files in your name'),
};

/** @param {string[]} scopes */
function scopeList(scopes) {
  const unique = [...new Set(scopes)];
  return el('ul', { class: 'ticks' }, unique.map((scope) => el('li', {}, scopeTexts[scope] ?? say('use a collection you gave consent for'), ' ',
    el('code', { class: 'wrap-anywhere muted' }, scope))));
}

/** Disconnecting also takes away a way to sign in; who has no other cannot. @param {Me} who */
function signInNote(who) {
  if (!who.site.globus_login) return null;
  if (!who.site.password_login) return el('li', {}, say('It is not possible while Globus is how people sign in to this registry.'));
  return who.has_password
    ? el('li', {}, say('You sign in with your password then. “Sign in with Globus” would not lead to this account any more.'))
    : el('li', {}, sayWith('Globus is your only way to sign in: {link} first.', { link: el('a', { href: '/settings/profile' }, say('set a password')) }));
}

/** @param {string} csrf @param {import('../lib/api.js').GlobusLink} link @param {Me} who */
function connected(csrf, link, who) {
  return [
    el('p', {}, el('span', { class: 'badge badge-ok' }, icon('tick'), say('connected'))),
    facts([
      [say('Identity'), el('strong', {}, link.username)],
      [say('Email'), link.email],
      [say('Since'), timeElement(link.linked_at)],
      [say('Last used'), link.last_used_at ? timeElement(link.last_used_at) : say('not yet')],
      [say('Permission until'), link.expires_at ? sayWith('{when} (renewed by itself while you use it)', { when: timeElement(link.expires_at) }) : null],
      [say('Allows'), scopeList(link.scopes)],
    ]),
    el('p', {}, sayWith('Whether Globus writes you e-mails is chosen under {link}.', { link: el('a', { href: '/settings/notifications' }, say('Notifications')) })),
    el('p', { class: 'actions' }, el('a', { class: 'button button-primary', href: AFTER_CONNECT }, icon('exchange'), say('Choose an endpoint'))),
    el('div', { class: 'part' },
      el('h4', {}, say('What disconnecting does')),
      el('ul', { class: 'ticks' },
        el('li', {}, say('It revokes the registry’s access to your Globus account and forgets the connection here.')),
        el('li', {}, say('It does not stop transfers that are running: Globus finishes them. Cancel them first if you do not want them.')),
        el('li', {}, say('It takes you to Globus’s own logout page, where you can sign out there too. You stay signed in here, and your images stay.')),
        signInNote(who)),
      globusForm({ action: '/globus/logout', csrf, label: say('Disconnect Globus'), class: 'button-bad' })),
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
  fill(content, el('h2', {}, say('Integrations')), who.site.globus_enabled ? globusSection(who) : null, tokenSection());
}
