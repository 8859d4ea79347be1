/**
 * One transfer as people see it: the state in plain words with the next step, the progress, the way to Globus's own page, Cancel.
 * It is updated in place, so that the keyboard's place and the screen reader's are not lost while it moves.
 */

import { el, fill, hidden, newId, outLink } from './dom.js';
import { size, timeElement } from './format.js';
import { icon } from './icons.js';
import { progressBar, progressWords } from './progress.js';
import { say, sayCount, sayWith } from './say.js';

/**
 * @typedef {Object} Transfer
 * @property {string} id
 * @property {{id: number | null, uri: string}} container
 * @property {{id: string, display_name: string}} endpoint
 * @property {string} source collection:path of the file at the registry's end
 * @property {string} path
 * @property {'waiting' | 'queued' | 'running' | 'needs_you' | 'paused' | 'done' | 'failed' | 'cancelled'} state
 * @property {string} state_text
 * @property {number} bytes_total
 * @property {number} bytes_transferred
 * @property {number} bytes_per_second
 * @property {number} faults
 * @property {string | null} task_id
 * @property {string | null} task_url
 * @property {string} created_at
 * @property {string | null} finished_at
 * @property {string} sha256
 * @property {boolean} verified it is done, and Globus compared the sha256 of each image at both ends
 * @property {number} ahead while queued: how many of the user's transfers Globus took before
 * @property {number} files how many images; with more than one, path and source are folders
 * @property {boolean} news it needs the user or ended, and they have not seen that
 */

/** @type {Record<string, {word: string, kind: string, icon: import('./iconshapes.js').IconName, isOpen: boolean}>} */
const states = {
  waiting: { word: say('Waiting for Globus'), kind: 'warn', icon: 'cloud', isOpen: true },
  queued: { word: say('Queued'), kind: 'info', icon: 'exchange', isOpen: true },
  running: { word: say('Running'), kind: 'info', icon: 'exchange', isOpen: true },
  needs_you: { word: say('Needs you'), kind: 'warn', icon: 'alert', isOpen: true },
  paused: { word: say('Paused'), kind: 'warn', icon: 'alert', isOpen: true },
  done: { word: say('Done'), kind: 'ok', icon: 'tick', isOpen: false },
  failed: { word: say('Failed'), kind: 'bad', icon: 'cross', isOpen: false },
  cancelled: { word: say('Cancelled'), kind: 'quiet', icon: 'cross', isOpen: false },
};

/** @param {Transfer} t */
function stateOf(t) {
  return states[t.state] ?? states.running;
}

/** It may still change. @param {Transfer} t */
export function isOpen(t) {
  return stateOf(t).isOpen;
}

/** "Running", "Done". @param {Transfer} t */
export function stateWord(t) {
  return stateOf(t).word;
}

/** @param {Transfer} t */
function percent(t) {
  if (t.state === 'done') return 100;
  return t.bytes_total > 0 ? Math.min(99, Math.floor((100 * t.bytes_transferred) / t.bytes_total)) : 0;
}

/** @param {Transfer} t */
function progressText(t) {
  if (t.state === 'done') return size(t.bytes_total);
  return progressWords({ total: t.bytes_total, done: t.bytes_transferred, percent: percent(t), speed: t.state === 'running' ? t.bytes_per_second : 0 });
}

/** @param {Transfer} t */
export function stateBadge(t) {
  const state = stateOf(t);
  return el('span', { class: `badge badge-${state.kind}` }, icon(state.icon), state.word);
}

/** The dialog in which the wish was made: pressing there again gives what Globus asked for. @param {Transfer} t */
function wishAgain(t) {
  if (t.state !== 'needs_you' || !t.container.id) return null;
  const query = new URLSearchParams({ endpoint: t.endpoint.id, path: t.path.replace(/[^/]*$/, '') });
  return el('a', { class: 'button button-primary', href: `/globus/transfer/${t.container.id}?${query}` }, say('Transfer again'));
}

/**
 * @param {Transfer} first
 * @param {{onCancel?: (t: Transfer) => void, heading: 'h1' | 'h2' | 'h3' | 'h4', linked: boolean}} shape  without onCancel there is no such button
 */
export function makeTransferView(first, shape) {
  const id = newId('transfer');
  const bar = progressBar(say('Progress of {uri}', { uri: first.container.uri }));
  const state = el('div', { class: 'transfer-state' });
  const numbers = el('p', { class: 'transfer-numbers' });
  const sentence = el('p', { class: 'transfer-text' });
  const links = el('p', { class: 'actions' });
  let now = first;
  let drawnLinks = '';
  const cancel = el('button', { class: 'button', type: 'button', 'aria-describedby': id, on: { click: () => shape.onCancel?.(now) } }, say('Cancel'));
  const name = el('span', { class: 'mono wrap-anywhere' }, first.container.uri);
  const title = el(shape.heading, { id, class: 'transfer-title' },
    shape.linked ? el('a', { class: 'row-link', href: `/transfers/${first.id}` }, name) : name,
    el('span', { class: 'arrow', 'aria-hidden': 'true' }, ' → '), hidden(' ', say('to'), ' '), el('span', {}, first.endpoint.display_name));
  const node = el('article', { class: 'card transfer', 'aria-labelledby': id, data: { id: first.id } },
    el('div', { class: 'transfer-head' }, title, state),
    el('p', { class: 'transfer-path' }, el('code', { class: 'wrap-anywhere' }, first.path)),
    bar.node,
    el('div', { class: 'transfer-foot' }, el('div', { class: 'transfer-words' }, sentence, numbers), links));

  /** @param {Transfer} t */
  function update(t) {
    now = t;
    node.dataset.state = t.state;
    if (state.dataset.now !== t.state + t.state_text) {
      state.dataset.now = t.state + t.state_text;
      fill(state, t.news ? el('span', { class: 'badge badge-new' }, say('New')) : null, ' ', stateBadge(t));
      fill(sentence, t.state_text);
    }
    bar.update(stateOf(t).kind, percent(t), progressText(t));
    bar.node.hidden = t.state === 'cancelled' || (t.state === 'failed' && t.bytes_transferred === 0);
    fill(numbers, progressText(t),
      t.ahead > 0 ? [', ', sayCount(t.ahead, '{n} transfer of yours before it (Globus runs three at once)', '{n} transfers of yours before it (Globus runs three at once)')] : null,
      isOpen(t) && t.faults > 0 ? [', ', el('span', { class: 'faults' }, sayCount(t.faults, '{n} fault so far (Globus tries again by itself)', '{n} faults so far (Globus tries again by itself)'))] : null,
      ' · ', isOpen(t) || !t.finished_at ? sayWith('started {when}', { when: timeElement(t.created_at) }) : [`${stateOf(t).word.toLowerCase()} `, timeElement(t.finished_at)]);
    if (drawnLinks !== `${t.task_url}${t.state}`) {
      drawnLinks = `${t.task_url}${t.state}`;
      fill(links, wishAgain(t), t.task_url ? outLink(t.task_url, say('view task')) : null, isOpen(t) && shape.onCancel ? cancel : null);
    }
  }
  update(first);
  return { node, update };
}
