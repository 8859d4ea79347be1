/** Sending the same image to the same place once more: after a failure, or when the file there is gone. */

import { me, post } from './api.js';
import { el, enable, fill } from './dom.js';
import { errorPanel } from './panel.js';
import { connectForm } from './parts.js';
import { say } from './say.js';
import { sentToLogin } from './shell.js';

/** @typedef {import('./transferview.js').Transfer} Transfer */

/** The button and the place for what stands in its way; null when the image is gone. @param {Transfer} t */
export function sendAgain(t) {
  if (!t.container.id) return null;
  const trouble = el('div', { role: 'status' });
  const button = el('button', { class: 'button', type: 'button', on: { click: send } }, say('Send again'));

  async function send() {
    button.disabled = true;
    fill(trouble);
    try {
      const accepted = await post('/api/transfers', { container_id: t.container.id, endpoint_id: t.endpoint.id, path: t.path });
      location.assign(`/transfers/${accepted.id}`);
    } catch (error) {
      if (sentToLogin(error)) return;
      fill(trouble, errorPanel(error, { connect: connectForm((await me()).csrf_token ?? '', location.pathname) }));
      enable(button);
    }
  }
  return el('div', {}, trouble, el('p', { class: 'actions' }, button, el('a', { class: 'button', href: `/globus/transfer/${t.container.id}` }, say('Send to another place'))));
}
