/** One list of endpoints: a titled section with a table, a count, and what to do when it is empty or could not be had. */

import { copyButton } from '../lib/copy.js';
import { el, fill, newId, outLink } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { errorPanel, loading } from '../lib/panel.js';
import { say, sayCount, sayWith } from '../lib/say.js';
import { makeTable } from '../lib/table.js';
import { addressOf } from './endpoints-address.js';

/**
 * @typedef {Object} Endpoint
 * @property {string} id
 * @property {string} display_name
 * @property {string} entity_type
 * @property {string | null} owner
 * @property {string | null} organization
 * @property {string | null} contact_email
 * @property {string[]} badges
 * @property {'activated' | 'activate'} status
 * @property {string | null} reason
 * @property {string | null} action_url
 * @property {boolean} sendable            a wish is taken, even if it has to wait there
 * @property {string | null} message       of its administrators
 * @property {string | null} message_url
 */
/**
 * @typedef {Object} ListShape
 * @property {string} id
 * @property {string} title
 * @property {() => import('../lib/dom.js').Child} empty
 * @property {((endpoint: Endpoint) => void) | null} onSend  null: no image is chosen
 * @property {() => void} onLeave                            ACTIVATE was followed
 */

/** The endpoint's name gets an id, so that its Transfer button can be described by it. @type {WeakMap<Endpoint, string>} */
const nameIds = new WeakMap();

/** @param {Endpoint} e */
function nameCell(e) {
  const id = newId('endpoint');
  nameIds.set(e, id);
  return [
    el('span', { class: 'endpoint-name', id }, e.display_name),
    el('span', { class: 'badges' },
      e.badges.map((badge) => el('span', { class: 'badge' }, badge)),
      copyButton(e.id, say('Copy ID of {endpoint}', { endpoint: e.display_name }), { visible: 'ID' })),
    administratorsMessage(e),
  ];
}

/** What its administrators tell all users, in their words. @param {Endpoint} e */
export function administratorsMessage(e) {
  if (!e.message) return null;
  return el('p', { class: 'hint' }, sayWith('Its administrators say: {message}', { message: el('q', {}, e.message) }), e.message_url ? [' ', outLink(e.message_url, say('more'), { where: say('opens their page') })] : null);
}

/** Our own way through Globus comes back to this image and this endpoint. @param {Endpoint} e */
function actionAddress(e) {
  const way = e.action_url ?? '';
  return way.startsWith('/globus/activate/') ? `${way}?next=${encodeURIComponent(addressOf(e.id))}` : way;
}

/** @param {Endpoint} e @param {() => void} onLeave */
function statusCell(e, onLeave) {
  if (e.status === 'activated') {
    return [el('span', { class: 'badge badge-ok' }, icon('tick'), say('activated')), e.reason ? el('p', { class: 'hint' }, e.reason) : null];
  }
  return [
    e.action_url ? outLink(actionAddress(e), say('ACTIVATE'), { class: 'activate', on: { click: onLeave } }) : el('span', { class: 'badge badge-warn' }, say('not ready')),
    e.reason ? el('p', { class: 'hint' }, e.reason) : null,
  ];
}

/** @param {Endpoint} e @param {(endpoint: Endpoint) => void} onSend */
function sendCell(e, onSend) {
  if (!e.sendable) return null;
  const isReady = e.status === 'activated';
  return el('button', { class: isReady ? 'button button-primary' : 'button', type: 'button', 'aria-describedby': nameIds.get(e) ?? null, on: { click: () => onSend(e) } },
    isReady ? say('Transfer') : say('Send anyway'));
}

function none() {
  return el('span', { class: 'muted' }, '–');
}

/** An address breaks before its host, not in the middle of a word. @param {string} text */
function address(text) {
  const at = text.indexOf('@');
  return el('span', { class: 'wrap-anywhere' }, at > 0 ? [text.slice(0, at), el('wbr'), text.slice(at)] : text);
}

/** @param {string | null} to */
function mail(to) {
  return to ? el('a', { href: `mailto:${to}` }, address(to)) : none();
}

/** @param {ListShape} shape @returns {import('../lib/table.js').Column<Endpoint>[]} */
function columns({ onSend, onLeave }) {
  return [
    { name: say('Name'), isHeader: true, class: 'wide', cell: nameCell },
    { name: say('Owner'), class: 'person', cell: (e) => (e.owner ? address(e.owner) : none()) },
    { name: say('Organization'), class: 'person', cell: (e) => e.organization || none() },
    { name: say('Email'), class: 'person', cell: (e) => mail(e.contact_email) },
    { name: say('Status'), class: 'status', cell: (e) => statusCell(e, onLeave) },
    ...(onSend ? [{ name: say('Transfer'), quietName: true, class: 'action', cell: (/** @type {Endpoint} */ e) => sendCell(e, onSend) }] : []),
  ];
}

/** @param {ListShape} shape */
export function makeList(shape) {
  const table = makeTable({ caption: shape.title, columns: columns(shape) });
  const title = el('h2', { id: shape.id }, shape.title);
  const count = el('p', { class: 'count', role: 'status' });
  const body = el('div', {}, loading());
  const node = el('section', { class: 'card card-table', 'aria-labelledby': shape.id }, el('div', { class: 'card-head' }, title, count), body);
  /** @type {Endpoint[]} */
  let all = [];
  let filter = '';

  function draw() {
    const shown = all.filter((e) => e.display_name.toLowerCase().includes(filter));
    if (all.length === 0) {
      count.textContent = '';
      fill(body, el('div', { class: 'inset' }, shape.empty()));
      return;
    }
    table.set(shown);
    count.textContent = shown.length === all.length
      ? sayCount(all.length, '{n} endpoint', '{n} endpoints')
      : sayCount(all.length, '{shown} of {n} endpoint', '{shown} of {n} endpoints', { shown: shown.length });
    fill(body, shown.length ? table.node : el('p', { class: 'inset muted' }, say('No name here fits.')));
  }
  /** There is no list, but this. @param {import('../lib/dom.js').Child} instead */
  function empty(instead) {
    all = [];
    count.textContent = '';
    fill(body, el('div', { class: 'inset' }, instead));
  }
  return {
    node,
    title,
    /** @param {Endpoint[]} items  one endpoint once, whatever the server says */
    set(items) { all = [...new Map(items.map((e) => [e.id, e])).values()]; draw(); },
    /** @param {Endpoint[]} items */
    add(items) { this.set([...all, ...items]); },
    /** @param {string} text */
    filter(text) { filter = text.trim().toLowerCase(); if (all.length) draw(); },
    /** @param {string} [text] */
    wait: (text) => empty(loading(text)),
    /** @param {unknown} error @param {() => void} retry */
    fail: (error, retry) => empty(errorPanel(error, { retry })),
  };
}
