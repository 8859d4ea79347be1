/**
 * What became of transfers while the user is elsewhere on the site: told on whatever page is open, to screen readers too, once in each tab.
 * The list stays under Transfers until it was read. Nothing is asked while nothing is under way.
 */

import { get } from './api.js';
import { notify } from './notify.js';
import { poll } from './poll.js';
import { say } from './say.js';
import { showNews } from './shell.js';
import { stateWord } from './transferview.js';

/** @typedef {import('./transferview.js').Transfer} Transfer */

const KEY = 'transload.told';
const KINDS = { done: 'ok', failed: 'bad', needs_you: 'bad' };

/** @returns {string[] | null} */
function told() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {Transfer[]} items */
function keep(items) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(items.map(nameOf)));
  } catch {
    /* no storage: the count beside "Transfers" says it */
  }
}

/** @param {Transfer} t */
function nameOf(t) {
  return `${t.id} ${t.state}`;
}

/** @param {Transfer} t */
function tell(t) {
  notify({
    kind: /** @type {any} */ (KINDS)[t.state] ?? 'info',
    text: say('{uri} to {endpoint}: {state}.', { uri: t.container.uri, endpoint: t.endpoint.display_name, state: stateWord(t) }),
    link: { text: say('See the transfer'), href: `/transfers/${t.id}` },
  });
}

/** On their own pages transfers say for themselves what becomes of them. */
function isElsewhere() {
  return !location.pathname.startsWith('/transfers');
}

/** What was there when this tab was opened has its count in the head; only what comes later is told. */
async function look() {
  const before = told();
  /** @type {{items: Transfer[], under_way: boolean}} */
  const answer = await get('/api/news');
  if (before && isElsewhere()) answer.items.filter((t) => !before.includes(nameOf(t))).forEach(tell);
  keep(answer.items);
  if (isElsewhere()) showNews(answer.items.length);
  return answer.under_way;
}

/** @type {ReturnType<typeof poll> | null} */
let polling = null;

/** @param {import('./api.js').Me} who */
export function watchNews(who) {
  if (!who.site.globus_enabled) return;
  if (told() === null && !who.news) keep([]);
  if (who.under_way || who.news) wakeNews();
}

/** Something was sent: there will be news. */
export function wakeNews() {
  if (polling) polling.wake();
  else polling = poll(look);
}
