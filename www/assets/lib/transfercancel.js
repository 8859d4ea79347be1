/** Cancelling a transfer: asked once, and the result told. */

import { post } from './api.js';
import { confirmDialog } from './dialog.js';
import { explain } from './errors.js';
import { notify } from './notify.js';
import { say } from './say.js';
import { sentToLogin } from './shell.js';

/** @typedef {import('./transferview.js').Transfer} Transfer */

/**
 * @param {Transfer} t
 * @param {(t: Transfer) => void} onDone
 */
export async function cancelTransfer(t, onDone) {
  const sure = await confirmDialog({
    title: say('Cancel this transfer?'),
    text: say('{uri} to {endpoint} stops. What has arrived so far may stay there as an incomplete file.', { uri: t.container.uri, endpoint: t.endpoint.display_name }),
    yes: say('Cancel transfer'),
    no: say('Keep it running'),
  });
  if (!sure) return;
  try {
    onDone(await post(`/api/transfers/${encodeURIComponent(t.id)}/cancel`));
    notify({ kind: 'ok', text: say('The transfer of {uri} to {endpoint} is being cancelled.', { uri: t.container.uri, endpoint: t.endpoint.display_name }) });
  } catch (error) {
    if (sentToLogin(error)) return;
    const text = explain(error);
    notify({ kind: 'bad', text: [`${text.title}.`, text.detail || text.advice, text.reference ? say('Reference: {reference}', { reference: text.reference }) : ''].join(' ').trim() });
  }
}
