/** Cancelling a transfer: asked once, and the result told. */

import { post } from './api.js';
import { confirmDialog } from './dialog.js';
import { explain } from './errors.js';
import { notify } from './notify.js';
import { sentToLogin } from './shell.js';

/** @typedef {import('./transferview.js').Transfer} Transfer */

/**
 * @param {Transfer} t
 * @param {(t: Transfer) => void} onDone
 */
export async function cancelTransfer(t, onDone) {
  const sure = await confirmDialog({
    title: 'Cancel this transfer?',
    text: `${t.container.uri} to ${t.endpoint.display_name} stops. What has arrived so far may stay there as an incomplete file.`,
    yes: 'Cancel transfer',
    no: 'Keep it running',
  });
  if (!sure) return;
  try {
    onDone(await post(`/api/transfers/${encodeURIComponent(t.id)}/cancel`));
    notify({ kind: 'ok', text: `The transfer of ${t.container.uri} to ${t.endpoint.display_name} is being cancelled.` });
  } catch (error) {
    if (sentToLogin(error)) return;
    const text = explain(error);
    notify({ kind: 'bad', text: `${text.title}. ${text.detail || text.advice}${text.reference ? ` Reference: ${text.reference}` : ''}` });
  }
}
