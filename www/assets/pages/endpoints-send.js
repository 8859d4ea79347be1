/**
 * The last look before a transfer: which image or images, to whom, into which folder. Then the wish is sent, once.
 *
 * For tests: dialog "Transfer tacos/avocados:latest"; textbox "Destination folder"; buttons "Start transfer" and "Cancel"; the line that
 * says what will happen has the id send-route; button "Star this place". When this very image is there already, the button is "Send again".
 * When Globus wants a consent first: button "Continue".
 */

import { me } from '../lib/api.js';
import { openDialog } from '../lib/dialog.js';
import { el, enable, fill } from '../lib/dom.js';
import { needsGlobus, needsStepUp } from '../lib/errors.js';
import { size } from '../lib/format.js';
import { notify } from '../lib/notify.js';
import { errorPanel } from '../lib/panel.js';
import { connectForm } from '../lib/parts.js';
import { say, sayCount } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';
import { announceTransfer } from '../lib/transfernotice.js';
import { nameChoice } from './endpoints-address.js';
import { makeCheck } from './endpoints-check.js';
import { makeFolderList } from './endpoints-folder.js';
import { administratorsMessage } from './endpoints-list.js';

/** @typedef {import('./endpoints-subject.js').Subject} Subject */
/** @typedef {import('./endpoints-list.js').Endpoint} Endpoint */

/** A folder as the server wants it: ends with a slash; empty leaves the choice to the endpoint. @param {string} typed */
function asFolder(typed) {
  const folder = typed.trim();
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}

/** The transfer's page has all of them, with the reasons. @param {string} transfer @param {{image: string, reason: string}[]} items */
function tellLeftOut(transfer, items) {
  if (items.length === 0) return;
  const text = items.length === 1 ? say('{image} is left out. {reason}', items[0]) : sayCount(items.length, '{n} image is left out.', '{n} images are left out.');
  notify({ kind: 'bad', text, kept: true, link: { text: say('See the transfer'), href: `/transfers/${transfer}` } });
}

/** @param {Endpoint} endpoint */
function whose(endpoint) {
  const who = [endpoint.owner, endpoint.organization].filter(Boolean).join(', ');
  return who ? ` (${who})` : '';
}

/** What may come at this endpoint, and what its administrators say. @param {Endpoint} endpoint */
function remarks(endpoint) {
  return [endpoint.reason ? el('p', { class: endpoint.status === 'activated' ? 'hint' : 'notice notice-warn' }, endpoint.reason) : null, administratorsMessage(endpoint)];
}

/**
 * @param {Subject} subject @param {Endpoint} endpoint
 * @param {ReturnType<import('./endpoints-places.js').makePlaces>} places
 * @param {string} [from]  the folder to begin with; absent: the endpoint's own
 */
export function openSend(subject, endpoint, places, from = '') {
  const path = el('code', { class: 'wrap-anywhere' });
  const route = el('p', { class: 'route', id: 'send-route' },
    el('span', { class: 'mono' }, subject.name), subject.size === null ? ' ' : ` (${size(subject.size)}) `, el('span', { class: 'arrow' }, '→'), ' ',
    el('strong', {}, endpoint.display_name), whose(endpoint), ' : ', path);
  const trouble = el('div');
  const folder = makeFolderList(endpoint, describe, (opened) => nameChoice(endpoint.id, opened), () => check?.look(asFolder(folder.path())));
  const button = el('button', { class: 'button button-primary', type: 'button', on: { click: send } }, say('Start transfer'));
  const check = subject.id === null ? null : makeCheck(subject.id, endpoint.id, (isThere) => { button.textContent = isThere ? say('Send again') : say('Start transfer'); });
  const star = places.makeStar(endpoint, () => asFolder(folder.path()));
  const dialog = openDialog(say('Transfer {name}', { name: subject.name }), [
    route, remarks(endpoint), folder.node, check?.node ?? null, trouble,
    el('p', { class: 'actions actions-end' }, star.node,
      el('button', { class: 'button', type: 'button', on: { click: () => dialog.close() } }, say('Cancel')), button),
  ], { wide: true });

  function describe() {
    path.textContent = subject.fileAt(asFolder(folder.path()));
    star.show();
  }
  async function send() {
    button.disabled = true;
    nameChoice(endpoint.id, folder.path());
    fill(trouble);
    try {
      const accepted = await subject.send(endpoint.id, asFolder(folder.path()));
      dialog.close();
      announceTransfer(accepted);
      tellLeftOut(accepted.id, accepted.left_out ?? []);
      places.load();
    } catch (error) {
      if (sentToLogin(error)) return;
      if (needsGlobus(error)) folder.clear();
      fill(trouble, errorPanel(error, { connect: connectForm((await me()).csrf_token ?? '', location.pathname + location.search) }),
        needsStepUp(error) ? el('p', { class: 'hint' }, say('This is asked once for {endpoint}. Your choice of image and folder is kept.', { endpoint: endpoint.display_name })) : null);
      trouble.scrollIntoView({ block: 'nearest' });
      enable(button);
    }
  }
  dialog.addEventListener('close', () => {
    nameChoice(null);
    star.end();
  });
  describe();
  folder.open(from);
}
