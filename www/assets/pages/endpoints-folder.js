/**
 * Choosing a folder at the destination: a box to type in, and a list to choose from. The list is a help: when it cannot be had, typing
 * goes on as before.
 *
 * For tests: textbox "Destination folder", button "Show folder", button "Up", buttons named like the folders.
 */

import { get } from '../lib/api.js';
import { el, fill } from '../lib/dom.js';
import { size } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { makePager } from '../lib/pager.js';
import { errorPanel, loading } from '../lib/panel.js';

/** @typedef {{name: string, type: string, size: number | null, last_modified: string | null}} Entry */

/** The folder above; null at the top. @param {string} path  ends with / */
export function parentOf(path) {
  const parent = path.replace(/[^/]+\/$/, '');
  return path === '/' || path === '/~/' || parent === path ? null : parent;
}

/**
 * @param {import('./endpoints-list.js').Endpoint} endpoint
 * @param {() => void} onChange
 * @param {(path: string) => void} onOpen  this folder is about to be listed; '' is the endpoint's default
 */
export function makeFolderList(endpoint, onChange, onOpen) {
  const box = el('input', {
    id: 'destination-folder', type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: 2048,
    'aria-describedby': 'destination-hint', on: { input: onType, keydown: onKey },
  });
  const list = el('div', { class: 'folder-list' });
  const node = el('div', { class: 'folder' },
    el('div', { class: 'field' },
      el('label', { for: 'destination-folder' }, 'Destination folder'),
      el('div', { class: 'search-line' }, box, el('button', { class: 'button', type: 'button', on: { click: () => open(box.value) } }, 'Show folder')),
      el('p', { class: 'hint', id: 'destination-hint' }, 'Choose below or type: it begins with / or ~/. Empty means the endpoint’s own default folder.')),
    list);
  const address = `/api/globus/endpoints/${encodeURIComponent(endpoint.id)}/ls`;
  let typed = false;
  let asked = 0;
  let listed = '';
  /** @type {Set<string>} */
  let files = new Set();

  function onType() {
    typed = true;
    onChange();
  }
  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    open(box.value);
  }
  /** @param {Entry} entry */
  function line(entry) {
    if (entry.type !== 'dir') {
      files.add(entry.name);
      return el('li', { class: 'file' }, icon('file'), el('span', { class: 'wrap-anywhere' }, entry.name), entry.size === null ? null : el('span', { class: 'number muted' }, size(entry.size)));
    }
    return el('li', {}, el('button', { class: 'entry', type: 'button', on: { click: () => open(`${listed}${entry.name}/`) } }, icon('folder'), entry.name));
  }
  /** @param {{path: string, items: Entry[], next: string | null}} answer */
  function show(answer) {
    listed = answer.path.endsWith('/') ? answer.path : `${answer.path}/`;
    files = new Set();
    if (!typed) box.value = listed;
    const above = parentOf(listed);
    const entries = el('ul', { 'aria-label': `Contents of ${listed}` }, answer.items.map(line));
    const pager = makePager(async (cursor) => {
      const page = await get(address, { path: listed, cursor });
      entries.append(...page.items.map(line));
      onChange();
      return page.next;
    });
    pager.set(answer.next);
    fill(list,
      el('div', { class: 'folder-head' },
        above ? el('button', { class: 'button button-small', type: 'button', on: { click: () => open(above) } }, icon('up'), 'Up') : null,
        el('code', { class: 'wrap-anywhere', role: 'status' }, listed)),
      answer.items.length ? entries : el('p', { class: 'muted' }, 'This folder is empty.'), pager.node);
    onChange();
  }
  /** @param {string} [path]  absent: the endpoint's default folder */
  async function open(path = '') {
    const mine = ++asked; /* an answer that a later click overtook is not shown */
    typed = false;
    if (path) box.value = path;
    onOpen(path);
    onChange();
    fill(list, loading('Listing the folder…'));
    try {
      const answer = await get(address, { path, next: location.pathname + location.search });
      if (mine === asked) show(answer);
    } catch (error) {
      if (mine !== asked) return;
      files = new Set();
      fill(list, errorPanel(error, { retry: () => open(path) }), el('p', { class: 'hint' }, 'You can type the folder all the same; Globus has the last word.'));
      onChange();
    }
  }
  return {
    node,
    open,
    /** Show nothing: what the list had to say is said elsewhere. */
    clear() { asked += 1; fill(list); },
    path: () => box.value,
    /** Does the folder that is typed hold this file, as far as it was listed? @param {string} name */
    holds: (name) => box.value.replace(/\/?$/, '/') === listed && files.has(name),
  };
}
