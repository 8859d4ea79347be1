/**
 * Notifications: a live region that is in the page before any text comes, no focus taken, gone only when dismissed. One that must not
 * be lost (a transfer was accepted) is kept for this tab and shown on the next page too, until it is dismissed.
 */

import { byId, el, outLink } from './dom.js';
import { icon } from './icons.js';
import { say } from './say.js';

/**
 * @typedef {Object} Notice
 * @property {'ok' | 'info' | 'bad'} kind
 * @property {string} text
 * @property {{text: string, href: string, out?: boolean} | null} [link]
 * @property {boolean} [kept]
 */

const KEY = 'transload.notices';

/** @returns {Notice[]} */
function kept() {
  try {
    const list = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** @param {Notice[]} list */
function keep(list) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(list.slice(-10)));
  } catch {
    /* no storage: the notice lives as long as this page */
  }
}

/** @param {Notice} notice */
function forget(notice) {
  keep(kept().filter((other) => JSON.stringify(other) !== JSON.stringify(notice)));
}

/** More would hide the page, and themselves; what older ones said stands where it belongs. */
const SHOWN_MAX = 3;

/** @type {{notice: Notice, node: HTMLElement}[]} */
let shown = [];

/** @param {HTMLElement} node */
function dismiss(node) {
  shown.filter((each) => each.node === node).forEach(({ notice }) => forget(notice));
  shown = shown.filter((each) => each.node !== node);
  node.remove();
  makeRoom();
}

/** @param {Notice} notice */
function show(notice) {
  const place = byId(notice.kind === 'bad' ? 'notices-alert' : 'notices-status');
  const link = notice.link;
  const node = el('div', { class: `toast toast-${notice.kind}` },
    icon(notice.kind === 'bad' ? 'alert' : 'tick'),
    el('p', {}, notice.text, link ? [link.out ? ': ' : ' ', link.out ? outLink(link.href, link.text) : el('a', { href: link.href }, link.text)] : null),
    el('button', {
      class: 'icon-button', type: 'button', 'aria-label': say('Dismiss'),
      on: { click: () => dismiss(node) },
    }, icon('cross')));
  place.append(node);
  shown.push({ notice, node });
  if (shown.length > SHOWN_MAX) dismiss(shown[0].node);
  makeRoom();
  uncover();
}

/** Below the page as much room as the notices take: without it, what stands last on a page could not be brought out from under them. */
function makeRoom() {
  document.body.style.paddingBlockEnd = shown.length ? `${Math.ceil(byId('notices').getBoundingClientRect().height) + 32}px` : '';
}

/** What comes under the keys is not left under a notice. Not what a mouse pressed: the page would move under it, and the click be lost. */
function uncover() {
  const target = document.activeElement;
  if (!target?.matches(':focus-visible') || target.closest('.notices, dialog')) return;
  const box = target.getBoundingClientRect();
  const over = byId('notices').getBoundingClientRect();
  if (over.height && box.bottom > over.top && box.top < over.bottom && box.right > over.left) window.scrollBy(0, box.bottom - over.top + 16);
}
document.addEventListener('focusin', uncover);

/** @param {Notice} notice */
export function notify(notice) {
  if (notice.kept) keep([...kept(), notice]);
  show(notice);
}

/** What earlier pages of this tab had to say. */
export function restoreNotices() {
  kept().forEach(show);
}

/** At sign-out: the next person at this screen reads none of it. */
export function forgetNotices() {
  keep([]);
}

/** The only texts that an address can call up: a link from elsewhere must not put words into our mouth. @type {Record<string, Notice>} */
const byName = {
  signed_out: { kind: 'ok', text: say('You are signed out.') },
  connected: { kind: 'ok', text: say('Your Globus account is connected.') },
  disconnected: { kind: 'ok', text: say('Your Globus account is disconnected.') },
  consent: { kind: 'ok', text: say('Globus has your consent. Endpoints that waited for it are ready.') },
  denied: { kind: 'info', text: say('You did not give your consent at Globus, so nothing was changed.') },
  accepted: {
    kind: 'ok',
    text: say('The transfer has been accepted and a task has been created and queued for execution.'),
    link: { text: say('See it under Transfers'), href: '/transfers' },
  },
  password: { kind: 'ok', text: say('Your password is changed. Other sessions of yours have ended.') },
};

/** Show the notice that ?notice= names, and take it out of the address so that a reload does not repeat it. */
export function showNamedNotice() {
  const url = new URL(location.href);
  const name = url.searchParams.get('notice');
  if (name === null) return;
  url.searchParams.delete('notice');
  history.replaceState(history.state, '', url);
  if (Object.hasOwn(byName, name)) show(byName[name]);
}
