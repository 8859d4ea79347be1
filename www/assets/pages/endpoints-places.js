/**
 * "Your places": where this person sends images. The usual one with one button, then starred places and those sent to last. Known here, so
 * the list is there before Globus has answered.
 *
 * For tests: region "Your places"; button "Send to your usual place"; in a row the buttons "Transfer", "Make usual", "Star <place>"
 * (pressed or not); button "Change the name" opens the dialog "How files are named".
 */

import { change, get, me, post } from '../lib/api.js';
import { el, enable, fill } from '../lib/dom.js';
import { needsStepUp } from '../lib/errors.js';
import { icon } from '../lib/icons.js';
import { notify } from '../lib/notify.js';
import { errorPanel } from '../lib/panel.js';
import { connectForm } from '../lib/parts.js';
import { say } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';
import { makeTable } from '../lib/table.js';
import { announceTransfer } from '../lib/transfernotice.js';
import { fetchEndpoint } from './endpoints-find.js';
import { openPattern } from './endpoints-pattern.js';
import { DESTINATIONS, placeStar, star, starButton, unstar } from './endpoints-star.js';

/** @typedef {import('./endpoints-subject.js').Subject} Subject */
/** @typedef {import('./endpoints-list.js').Endpoint} Endpoint */
/** @typedef {{id: number, endpoint: {id: string, display_name: string, owner: string | null, organization: string | null}, path: string | null, starred: boolean, usual: boolean}} Place */
/** @typedef {{items: Place[], usual: Place | null, pattern: string, file: string | null}} Places */

/** @param {Place} place */
function whose(place) {
  return [place.endpoint.owner, place.endpoint.organization].filter(Boolean).join(', ');
}

/** @param {Place} place */
function folderOf(place) {
  return el('code', { class: 'wrap-anywhere' }, place.path ?? say('default folder'));
}

/** Where the image would go. @param {Place} place @param {string | null} file @param {() => void} rename */
function usualRoute(place, file, rename) {
  const target = file ? el('code', {}, place.path ? place.path + file : say('(default folder) {file}', { file })) : say('your name for files is too long for this image');
  return el('p', { id: 'usual-route', class: 'wrap-anywhere' }, el('strong', {}, place.endpoint.display_name), whose(place) ? ` (${whose(place)})` : '', ' : ', target, ' ',
    el('button', { class: 'button button-small', type: 'button', on: { click: rename } }, say('Change the name')));
}

/** @param {number | string | null} [image]  the one that is chosen: the answer says what its file would be called @returns {Promise<Places>} */
export function askPlaces(image) {
  return get(DESTINATIONS, image ? { container_id: image } : {});
}

/**
 * @param {Subject | null} subject
 * @param {(endpoint: Endpoint, folder: string) => void} openSend
 */
export function makePlaces(subject, openSend) {
  const usual = el('div');
  const trouble = el('div');
  const table = makeTable({ caption: say('Your places'), columns: columns() });
  const node = el('section', { class: 'card card-table', 'aria-labelledby': 'your-places', hidden: true },
    el('div', { class: 'card-head' }, el('h2', { id: 'your-places' }, say('Your places'))), usual, el('div', { class: 'inset-trouble' }, trouble), table.node);
  /** @type {Places} */
  let places = { items: [], usual: null, pattern: '', file: null };
  /** @type {Set<() => void>} */
  const watchers = new Set();

  function columns() {
    /** @type {import('../lib/table.js').Column<Place>[]} */
    const list = [
      { name: say('Endpoint'), isHeader: true, class: 'wide', cell: (p) => [el('span', { class: 'endpoint-name' }, p.endpoint.display_name), whose(p) ? el('p', { class: 'hint' }, whose(p)) : null] },
      { name: say('Folder'), class: 'wide', cell: folderOf },
      { name: say('Marks'), quietName: true, class: 'marks', cell: (p) => el('div', { class: 'actions' }, starButton(p.starred, `${p.endpoint.display_name}: ${p.path ?? say('default folder')}`, () => toggle(p)), usualMark(p)) },
    ];
    if (subject) list.push({ name: say('Transfer'), quietName: true, class: 'action', cell: (p) => el('button', { class: 'button', type: 'button', 'aria-label': say('Transfer to {endpoint}: {folder}', { endpoint: p.endpoint.display_name, folder: p.path ?? say('default folder') }), on: { click: () => choose(p) } }, say('Transfer')) });
    return list;
  }
  /** @param {Place} place */
  function usualMark(place) {
    if (places.usual?.id === place.id) return el('span', { class: 'badge badge-info' }, say('usual'));
    return el('button', { class: 'button button-small', type: 'button', on: { click: () => act(() => makeUsual(place)) } }, say('Make usual'));
  }

  /** One click, and what it will do stands beside it. */
  function drawUsual() {
    const place = places.usual;
    fill(usual);
    if (!place || !subject?.id) return;
    const button = el('button', { class: 'button button-primary', type: 'button', disabled: !places.file, 'aria-describedby': 'usual-route', on: { click: () => sendUsual(button) } }, icon('exchange'), say('Send to your usual place'));
    fill(usual, el('div', { class: 'usual' }, button, usualRoute(place, places.file, () => openPattern(places.pattern, load))));
  }
  function draw() {
    node.hidden = places.items.length === 0;
    table.set(places.items);
    drawUsual();
    for (const watch of watchers) watch();
  }
  /** @param {Promise<Places>} [asked]  the answer, if it was asked for already */
  async function load(asked = askPlaces(subject?.id)) {
    try {
      places = await asked;
      draw();
    } catch (error) {
      sentToLogin(error); /* the page works without */
    }
  }

  /** @param {() => Promise<unknown>} what */
  async function act(what) {
    fill(trouble);
    try {
      await what();
      await load();
    } catch (error) {
      if (!sentToLogin(error)) fill(trouble, errorPanel(error));
    }
  }
  /** @param {Place} place */
  function toggle(place) {
    return act(() => (place.starred ? unstar(place.id) : star(place.endpoint.id, place.path ?? '')));
  }
  /** A place must be starred to be kept as the usual one. @param {Place} place */
  async function makeUsual(place) {
    const kept = place.starred ? place : (await star(place.endpoint.id, place.path ?? '')).destination;
    await change('PATCH', `${DESTINATIONS}/${kept.id}`, { usual: true });
  }
  /** @param {Place} place */
  async function choose(place) {
    fill(trouble);
    try {
      const endpoint = await fetchEndpoint(place.endpoint.id);
      if (endpoint?.sendable) openSend(endpoint, place.path ?? '');
      else notify({ kind: 'info', text: endpoint?.reason ?? say('This endpoint is gone, or cannot be sent to any more.') });
    } catch (error) {
      if (!sentToLogin(error)) fill(trouble, errorPanel(error, { connect: connectForm((await me()).csrf_token ?? '', location.pathname) }));
    }
  }
  /** @param {HTMLButtonElement} button */
  async function sendUsual(button) {
    button.disabled = true;
    fill(trouble);
    try {
      announceTransfer(await post('/api/transfers/usual', { container_id: subject?.id }));
    } catch (error) {
      if (!sentToLogin(error)) {
        fill(trouble, errorPanel(error, { connect: connectForm((await me()).csrf_token ?? '', location.pathname) }),
          needsStepUp(error) ? el('p', { class: 'hint' }, say('This is asked once for this endpoint; the image is sent then.')) : null);
      }
    } finally {
      enable(button);
    }
  }
  /** @param {string} endpoint @param {string} path */
  function find(endpoint, path) {
    return places.items.find((p) => p.starred && p.endpoint.id === endpoint && (p.path ?? '') === path);
  }

  return {
    node,
    load,
    /** A star for what is chosen elsewhere on the page. @param {Endpoint} endpoint @param {() => string} path */
    makeStar(endpoint, path) {
      const mark = placeStar(() => find(endpoint.id, path())?.id ?? null, () => star(endpoint.id, path()), load);
      watchers.add(mark.show);
      return { ...mark, end: () => watchers.delete(mark.show) };
    },
  };
}
