/** Small parts that several pages show. */

import { el, hidden } from './dom.js';
import { icon } from './icons.js';
import { say } from './say.js';

/** @typedef {import('./dom.js').Child} Child */

/** The way back up. @param {[string, string][]} steps  text and address */
export function breadcrumb(steps) {
  return el('nav', { class: 'breadcrumb', 'aria-label': say('Breadcrumb') },
    el('ol', {}, steps.map(([text, href]) => el('li', {}, el('a', { href }, text), icon('right')))));
}

/** The exchange icon: send this image somewhere. @param {number} containerId @param {boolean} [withText] */
export function exchangeLink(containerId, withText = false) {
  const href = `/globus/transfer/${containerId}`;
  return withText
    ? el('a', { class: 'button button-primary', href }, icon('exchange'), say('Transfer with Globus'))
    : el('a', { class: 'icon-button exchange', href, title: say('Transfer with Globus') }, icon('exchange'), hidden(say('Transfer with Globus')));
}

/** Facts as a list of terms. @param {[string, Child][]} pairs  empty values are left out */
export function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))));
}

/**
 * A form that leaves for Globus. A plain POST, so that the browser follows the redirect there.
 *
 * @param {{action: string, csrf: string, next?: string, label: string, note?: Child, class?: string}} shape
 */
export function globusForm(shape) {
  return el('form', { method: 'post', action: shape.action, class: 'globus-form' },
    el('input', { type: 'hidden', name: 'csrf_token', value: shape.csrf }),
    shape.next ? el('input', { type: 'hidden', name: 'next', value: shape.next }) : null,
    el('button', { class: `button ${shape.class ?? 'button-primary'}`, type: 'submit' }, icon('cloud'), shape.label),
    shape.note ? el('p', { class: 'hint' }, shape.note) : null);
}

/** "Connect Globus", and back to this address afterwards. @param {string} csrf @param {string} next */
export function connectForm(csrf, next) {
  return globusForm({ action: '/globus/login', csrf, next, label: say('Connect Globus'), note: say('You’ll sign in at Globus, then return here.') });
}

/** A mark for an image whose bytes the registry no longer hands out. @param {boolean} damaged */
export function damagedBadge(damaged) {
  return damaged ? el('span', { class: 'badge badge-bad', title: say('The stored bytes are not what was pushed') }, icon('alert'), say('damaged')) : null;
}

/** The same on the image's own page, with what to do. @param {boolean} damaged */
export function damagedNotice(damaged) {
  return damaged ? el('div', { class: 'notice notice-bad', role: 'alert' },
    icon('alert'),
    el('div', { class: 'notice-body' },
      el('p', { class: 'notice-title' }, say('This image is damaged')),
      el('p', {}, say('What is stored is no longer what was pushed, so it cannot be pulled or transferred. The operator of this registry has been told.')),
      el('p', {}, say('If you have the image still, push it again: the same bytes repair it.')))) : null;
}
