/** Asking again and again, ever more slowly; not at all while nobody looks at the page. */

import { sentToLogin } from './shell.js';

const FIRST_MS = 2_000;
const LAST_MS = 60_000;
const FACTOR = 1.35;

/**
 * @param {() => Promise<boolean>} ask  false: there is nothing left to ask about. A failure counts as "not yet".
 */
export function poll(ask) {
  let wait = FIRST_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let stopped = false;

  async function turn() {
    const more = await ask().catch((error) => !sentToLogin(error));
    wait = Math.min(LAST_MS, wait * FACTOR);
    if (more) plan();
    else stopped = true;
  }
  function plan() {
    clearTimeout(timer);
    if (!stopped && !document.hidden) timer = setTimeout(turn, wait);
  }
  /** Something has just changed, or somebody looks again: fast once more. */
  function wake() {
    wait = FIRST_MS;
    stopped = false;
    plan();
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer);
    else if (!stopped) wake();
  });
  plan();
  return { wake };
}
