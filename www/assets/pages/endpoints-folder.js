/**
 * Choosing a folder at the destination: a box to type in, and a list to choose from. The list is a help: when it cannot be had, typing
 * goes on as before.
 *
 * For tests: textbox "Destination folder", button "Show folder", navigation "Folders above" with a button for each, buttons named like the
 * folders, button "New folder", which opens a dialog of that name.
 */

import { get, post } from '../lib/api.js';
import { el, fill } from '../lib/dom.js';
import { size } from '../lib/format.js';
import { field, openForm } from '../lib/formdialog.js';
import { icon } from '../lib/icons.js';
import { makePager } from '../lib/pager.js';
import { errorPanel, loading } from '../lib/panel.js';
import { say } from '../lib/say.js';

/** @typedef {{name: string, type: string, size: number | null, last_modified: string | null}} Entry */

/** The folders from the top down to this one: their names and paths. @param {string} path  ends with / @returns {[string, string][]} */
export function stepsOf(path) {
  const top = path.startsWith('/~/') ? '/~/' : '/';
  /** @type {[string, string][]} */
  const steps = [[top === '/' ? '/' : say('home'), top]];
  let at = top;
  for (const name of path.slice(top.length).split('/').filter(Boolean)) {
    at += `${name}/`;
    steps.push([name, at]);
  }
  return steps;
}

/**
 * @param {import('./endpoints-list.js').Endpoint} endpoint
 * @param {() => void} onChange
 * @param {(path: string) => void} onOpen  this folder is about to be listed; '' is the endpoint's default
 * @param {() => void} onSettled           the list came, or could not be had
 */
export function makeFolderList(endpoint, onChange, onOpen, onSettled) {
  const box = el('input', {
    id: 'destination-folder', type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: 2048,
    'aria-describedby': 'destination-hint', on: { input: onType, keydown: onKey, change: onSettled },
  });
  const list = el('div', { class: 'folder-list' });
  const node = el('div', { class: 'folder' },
    el('div', { class: 'field' },
      el('label', { for: 'destination-folder' }, say('Destination folder')),
      el('div', { class: 'search-line' }, box, el('button', { class: 'button', type: 'button', on: { click: () => open(box.value) } }, say('Show folder'))),
      el('p', { class: 'hint', id: 'destination-hint' }, say('Choose below or type: it begins with / or ~/. Empty means the endpoint’s own default folder.'))),
    list);
  const address = `/api/globus/endpoints/${encodeURIComponent(endpoint.id)}/ls`;
  let typed = false;
  let asked = 0;
  let listed = '';

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
      return el('li', { class: 'file' }, icon('file'), el('span', { class: 'wrap-anywhere' }, entry.name), entry.size === null ? null : el('span', { class: 'number muted' }, size(entry.size)));
    }
    return el('li', {}, el('button', { class: 'entry', type: 'button', on: { click: () => open(`${listed}${entry.name}/`) } }, icon('folder'), entry.name));
  }
  /** @param {{path: string, items: Entry[], next: string | null}} answer */
  function show(answer) {
    listed = answer.path.endsWith('/') ? answer.path : `${answer.path}/`;
    if (!typed) box.value = listed;
    const entries = el('ul', { 'aria-label': say('Contents of {path}', { path: listed }), tabindex: '-1' }, answer.items.map(line));
    const pager = makePager(async (cursor) => {
      const page = await get(address, { path: listed, cursor });
      entries.append(...page.items.map(line));
      return page.next;
    });
    pager.set(answer.next);
    fill(list,
      el('div', { class: 'folder-head' },
        crumbs(), el('button', { class: 'button button-small', type: 'button', on: { click: makeNew } }, icon('plus'), say('New folder'))),
      answer.items.length ? entries : el('p', { class: 'muted', tabindex: '-1' }, say('This folder is empty.')), pager.node);
    onChange();
  }
  /** The way back up; the last step is this folder. */
  function crumbs() {
    const steps = stepsOf(listed);
    const here = steps.length - 1;
    return el('nav', { class: 'breadcrumb', 'aria-label': say('Folders above') }, el('ol', {}, steps.map(([name, path], i) => el('li', {},
      i === here ? el('span', { class: 'mono wrap-anywhere', 'aria-current': 'true' }, name) : el('button', { class: 'crumb mono', type: 'button', on: { click: () => open(path) } }, name),
      i === here ? null : icon('right')))));
  }
  function makeNew() {
    const name = field(say('Name'), { type: 'text', required: true, maxlength: 255, pattern: '[^\\/]+' }, say('One folder, in the one that is shown.'));
    openForm({
      title: say('New folder'), yes: say('Make folder'), body: [el('p', { class: 'mono wrap-anywhere' }, listed), name.node],
      submit: async () => {
        const made = await post(`/api/globus/endpoints/${encodeURIComponent(endpoint.id)}/mkdir?next=${encodeURIComponent(location.pathname + location.search)}`, { path: `${listed}${name.input.value.trim()}/` });
        open(made.path);
      },
    });
  }
  /** @param {string} [path]  absent: the endpoint's default folder */
  async function open(path = '') {
    const mine = ++asked; /* an answer that a later click overtook is not shown */
    typed = false;
    if (path) box.value = path;
    onOpen(path);
    onChange();
    const goesOn = list.contains(document.activeElement); /* what was pressed is about to go */
    fill(list, loading(say('Listing the folder…')));
    if (goesOn) box.focus();
    try {
      const answer = await get(address, { path, next: location.pathname + location.search });
      if (mine !== asked) return;
      show(answer);
      if (goesOn && document.activeElement === box) /** @type {HTMLElement | null} */ (list.querySelector('.folder-head + *'))?.focus();
    } catch (error) {
      if (mine !== asked) return;
      fill(list, errorPanel(error, { retry: () => open(path) }), el('p', { class: 'hint' }, say('You can type the folder all the same; Globus has the last word.')));
      onChange();
    }
    onSettled();
  }
  return {
    node,
    open,
    /** Show nothing: what the list had to say is said elsewhere. */
    clear() { asked += 1; fill(list); },
    path: () => box.value,
  };
}
