/** Stars of places: the switch, and keeping and taking back. */

import { change, post } from '../lib/api.js';
import { el } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { notify } from '../lib/notify.js';
import { say } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';

export const DESTINATIONS = '/api/destinations';

/** @param {string} endpoint @param {string} path @returns {Promise<{destination: any}>} */
export function star(endpoint, path) {
  return post(DESTINATIONS, { endpoint_id: endpoint, ...(path ? { path } : {}) });
}

/** @param {number} id  of the destination */
export function unstar(id) {
  return change('DELETE', `${DESTINATIONS}/${id}`);
}

/** A switch between starred and not. @param {boolean} starred @param {string} what @param {() => void} press */
export function starButton(starred, what, press) {
  return el('button', { class: 'icon-button star', type: 'button', 'aria-pressed': String(starred), 'aria-label': say('Star {what}', { what }), title: starred ? say('Take the star off') : say('Star this place'), on: { click: press } }, icon('star'));
}

/**
 * The same with words, for the place that is chosen in a dialog.
 *
 * @param {() => number | null} kept  the destination that this place is now
 * @param {() => Promise<unknown>} keep
 * @param {() => Promise<void>} load  ask again what is kept
 */
export function placeStar(kept, keep, load) {
  const name = el('span');
  const button = el('button', { class: 'button star', type: 'button', on: { click: press } }, icon('star'), name);
  function show() {
    const starred = kept() !== null;
    button.setAttribute('aria-pressed', String(starred));
    name.textContent = starred ? say('Starred') : say('Star this place');
  }
  async function press() {
    const id = kept();
    await (id ? unstar(id) : keep()).catch((error) => {
      if (!sentToLogin(error)) notify({ kind: 'bad', text: error.detail || say('The star could not be kept.') });
    });
    await load();
    show();
  }
  show();
  return { node: button, show };
}
