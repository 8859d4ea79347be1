/**
 * The look before a transfer: what is in its way, and whether the image is there already. It forbids nothing, and what it cannot find out
 * it says.
 *
 * For tests: the list "Looked at before sending".
 */

import { get } from '../lib/api.js';
import { el, fill } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { say, sayWith } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';

/** @typedef {{check: string, result: 'ok' | 'care' | 'no' | 'unknown', text: string}} Check */

/** @type {Record<string, import('../lib/iconshapes.js').IconName>} */
const marks = { ok: 'tick', care: 'alert', no: 'cross', unknown: 'question' };
const words = { ok: say('Fine'), care: say('Mind'), no: say('In the way'), unknown: say('Not known') };

/** @param {Check} check */
function line(check) {
  return el('li', { class: `check check-${check.result}` }, icon(marks[check.result]), el('span', { class: 'visually-hidden' }, `${words[check.result]}: `), el('span', {}, check.text));
}

/**
 * @param {number} imageId
 * @param {string} endpointId
 * @param {(isThere: boolean) => void} onFound
 */
export function makeCheck(imageId, endpointId, onFound) {
  const node = el('div', { class: 'checks', role: 'status' });
  let asked = 0;

  /** @param {{checks: Check[], already_there: boolean, transfer_id: string | null}} found */
  function show(found) {
    node.classList.remove('checks-old');
    fill(node, el('ul', { 'aria-label': say('Looked at before sending') }, found.checks.map(line)),
      found.transfer_id ? el('p', { class: 'hint' }, sayWith('{link}. Nothing needs to be sent; you can send it again all the same.',
        { link: el('a', { href: `/transfers/${found.transfer_id}` }, say('The transfer that brought it')) })) : null);
    onFound(found.already_there);
  }
  return {
    node,
    /**
     * What was found before stays until there is something new: nothing may move under a finger that is about to press.
     *
     * @param {string} path  the folder, or empty
     */
    async look(path) {
      const mine = ++asked; /* an answer that a later question overtook is not shown */
      node.classList.add('checks-old');
      onFound(false);
      try {
        const found = await get(`/api/globus/endpoints/${encodeURIComponent(endpointId)}/preflight`, { container_id: String(imageId), ...(path ? { path } : {}) });
        if (mine === asked) show(found);
      } catch (error) {
        sentToLogin(error);
        if (mine === asked) fill(node); /* what is refused here is refused, and told, when it is sent */
      }
    },
  };
}
