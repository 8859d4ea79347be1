/** Telling how a wish went: at once after "Start transfer", and after a round-trip through Globus that it needed. */

import { get } from './api.js';
import { wakeNews } from './news.js';
import { notify } from './notify.js';
import { say } from './say.js';

const ACCEPTED = say('The transfer has been accepted and a task has been created and queued for execution');
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @param {{id: string, state: string, task_url: string | null, message: string}} t */
export function announceTransfer(t) {
  wakeNews();
  const isBad = t.state === 'failed' || t.state === 'cancelled';
  notify({
    kind: isBad ? 'bad' : t.task_url ? 'ok' : 'info',
    kept: !isBad,
    text: (t.message || ACCEPTED).replace(/\.\s*$/, t.task_url ? '' : '.'),
    link: t.task_url ? { text: say('view task'), href: t.task_url, out: true } : { text: say('See it under Transfers'), href: `/transfers/${t.id}` },
  });
}

/**
 * Back from Globus with ?transfer=: the wish was sent on the way, and its row says how it went. The name in the address only chooses among
 * the user's own transfers, and is taken out so that a reload does not repeat the notice. Answers that transfer, or null.
 */
export async function announceReturned() {
  const url = new URL(location.href);
  const id = url.searchParams.get('transfer');
  if (id === null) return null;
  url.searchParams.delete('transfer');
  history.replaceState(history.state, '', url);
  if (!UUID.test(id)) return null;
  const t = await get(`/api/transfers/${id}`);
  const isUnderWay = t.task_id && !['failed', 'cancelled', 'done'].includes(t.state);
  announceTransfer({ ...t, message: isUnderWay ? ACCEPTED : t.state_text });
  return t;
}
