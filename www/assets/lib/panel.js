/** Blocks that stand in the place of content: errors, empty states, waiting. */

import { el, safeHref } from './dom.js';
import { ApiError, explain, needsConnection } from './errors.js';
import { icon } from './icons.js';
import { say, sayWith } from './say.js';

/** @typedef {import('./dom.js').Child} Child */

/** What a support person asks for; folded, because nobody else does. @param {string} reference */
function referenceLine(reference) {
  return reference ? el('p', { class: 'reference' }, sayWith('Reference: {reference}', { reference: el('code', {}, reference) })) : null;
}

/** A button that leaves for Globus and comes back. @param {string} address */
export function continueButton(address) {
  const href = safeHref(address);
  if (!href) return null;
  return el('button', { class: 'button button-primary', type: 'button', on: { click: () => location.assign(href) } }, say('Continue'));
}

/**
 * What went wrong, why, and what to do about it. Announced at once.
 *
 * @param {unknown} error
 * @param {{retry?: () => void, connect?: Node}} [options]  connect: a form that connects and comes back here
 */
export function errorPanel(error, options = {}) {
  const text = explain(error);
  const authorize = error instanceof ApiError && error.authorizeUrl ? continueButton(error.authorizeUrl) : null;
  const connect = !authorize && needsConnection(error)
    ? options.connect ?? el('a', { class: 'button button-primary', href: '/settings/integrations' }, say('Connect Globus')) : null;
  const retry = options.retry && !authorize && el('button', { class: 'button', type: 'button', on: { click: options.retry } }, say('Retry'));
  return el('div', { class: `notice notice-${authorize || connect ? 'warn' : 'bad'}`, role: 'alert', data: { code: text.code } },
    icon('alert'),
    el('div', { class: 'notice-body' },
      el('p', { class: 'notice-title' }, text.title),
      text.detail && text.detail !== text.title ? el('p', {}, text.detail) : null,
      el('p', {}, text.advice),
      authorize || connect || retry ? el('div', { class: 'actions' }, authorize, connect, retry) : null,
      referenceLine(text.reference)));
}

/** A page that could not be shown. @param {unknown} error */
export function errorPage(error) {
  const text = explain(error);
  const isGone = text.code === 'not_found' || text.code === 'forbidden';
  return el('div', { class: 'notice-page', role: 'alert', data: { code: text.code } },
    el('h1', {}, text.title),
    text.detail ? el('p', {}, text.detail) : null,
    el('p', {}, text.advice),
    el('p', { class: 'actions' },
      isGone ? null : el('button', { class: 'button button-primary', type: 'button', on: { click: () => location.reload() } }, say('Retry')),
      el('a', { class: isGone ? 'button button-primary' : 'button', href: '/collections' }, say('To the collections'))),
    referenceLine(text.reference));
}

/** An empty place that says what it is for. @param {string} title @param {...Child} children */
export function emptyPanel(title, ...children) {
  return el('div', { class: 'empty' }, icon('box'), el('h2', {}, title), ...children);
}

/** @param {string} [text] */
export function loading(text = say('Loading…')) {
  return el('p', { class: 'loading', role: 'status' }, text);
}
