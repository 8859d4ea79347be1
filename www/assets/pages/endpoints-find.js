/** Finding endpoints: the scopes, the search, and the filter over the names that are shown. */

import { get } from '../lib/api.js';
import { el, outLink } from '../lib/dom.js';
import { makePager } from '../lib/pager.js';
import { say, sayWith } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';
import { makeList } from './endpoints-list.js';

/** @typedef {import('./endpoints-list.js').Endpoint} Endpoint */

const ENDPOINTS = '/api/globus/endpoints';
/** A person with more endpoints than this many pages hold finds the rest by searching. */
const PAGES_MAX = 20;

/** One page; should Globus want to be asked first, the way back leads here. @param {Record<string, string | null>} query */
function fetchPage(query) {
  return get(ENDPOINTS, { ...query, next: location.pathname + location.search });
}

/** All pages of one scope. @param {string} scope @returns {Promise<Endpoint[]>} */
export async function fetchScope(scope) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    /** @type {{items: Endpoint[], next: string | null}} */
    const answer = await fetchPage({ scope, cursor });
    items.push(...answer.items);
    cursor = answer.next;
    if (!cursor) break;
  }
  return items;
}

/** One endpoint by its id; null when it is none to send to. @param {string} id @returns {Promise<Endpoint | null>} */
export async function fetchEndpoint(id) {
  return (await fetchPage({ scope: 'all', q: id })).items[0] ?? null;
}

export function nothingMine() {
  return el('p', {}, sayWith('You own no endpoint. To make one of your own computer, install {program}; to find your cluster, search above.',
    { program: outLink('https://www.globus.org/globus-connect-personal', 'Globus Connect Personal', { where: say('opens globus.org') }) }));
}

export function nothingShared() {
  return el('p', {}, say('Nobody has shared an endpoint with you yet. Clusters are seldom listed here: search above for the name of yours.'));
}

/** @param {string} q */
function nothingFound(q) {
  return el('p', {}, sayWith('No endpoint fits “{words}”. Try the name of the institution or of the cluster, or only a part of it.', { words: el('strong', {}, q) }));
}

/** @param {{others: ReturnType<typeof makeList>[], onSend: ((e: Endpoint) => void) | null, onLeave: () => void}} shape */
export function searchSection(shape) {
  let term = new URLSearchParams(location.search).get('q')?.trim() ?? '';
  let asked = 0;
  const list = makeList({ id: 'search-results', title: say('Search results'), empty: () => nothingFound(term), onSend: shape.onSend, onLeave: shape.onLeave });
  const pager = makePager(async (cursor) => {
    const page = await fetchPage({ scope: 'all', q: term, cursor });
    list.add(page.items);
    return page.next;
  });
  const box = el('input', { id: 'endpoint-search', name: 'q', type: 'search', placeholder: say('Search for…'), autocomplete: 'on', spellcheck: 'false', maxlength: 200, value: term });
  const form = el('form', { class: 'search search-big', role: 'search', method: 'get', on: { submit: onSubmit } },
    el('label', { for: 'endpoint-search' }, say('Search Endpoints')),
    el('div', { class: 'search-line' }, box, el('button', { class: 'button button-primary', type: 'submit' }, say('Go!'))));
  const filterBox = el('input', { type: 'search', placeholder: say('Search names…'), 'aria-label': say('Search names'), autocomplete: 'off', spellcheck: 'false', on: { input: onFilter } });

  function onFilter() {
    for (const each of [list, ...shape.others]) each.filter(filterBox.value);
  }
  /** @param {SubmitEvent} event */
  function onSubmit(event) {
    event.preventDefault();
    term = box.value.trim();
    const url = new URL(location.href);
    if (term) url.searchParams.set('q', term);
    else url.searchParams.delete('q');
    history.replaceState(null, '', url);
    search();
  }
  async function search() {
    const mine = ++asked; /* an answer that a later question overtook is not shown */
    list.node.hidden = !term;
    if (!term) return;
    list.wait(say('Searching…'));
    pager.set(null);
    try {
      const page = await fetchPage({ scope: 'all', q: term });
      if (mine !== asked) return;
      list.set(page.items);
      pager.set(page.next);
    } catch (error) {
      if (mine === asked && !sentToLogin(error)) list.fail(error, search);
    }
  }
  list.node.append(pager.node);
  list.node.hidden = true;
  return { controls: el('div', { class: 'find' }, form, el('div', { class: 'name-filter' }, filterBox)), list, begin: search };
}
