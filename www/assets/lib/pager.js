/** "Load more" at the end of a list that the server hands out a page at a time. */

import { el, fill } from './dom.js';
import { errorPanel } from './panel.js';

/**
 * @param {(cursor: string) => Promise<string | null>} load  fetches the page, shows it, answers the next cursor
 */
export function makePager(load) {
  const node = el('div', { class: 'pager' });

  /** @param {string | null | undefined} next */
  function set(next) {
    if (!next) {
      fill(node);
      return;
    }
    const button = el('button', { class: 'button', type: 'button', on: { click: () => more(button, next) } }, 'Load more');
    fill(node, button);
  }
  /** @param {HTMLButtonElement} button @param {string} cursor */
  async function more(button, cursor) {
    button.disabled = true;
    button.textContent = 'Loading…';
    try {
      set(await load(cursor));
    } catch (error) {
      fill(node, errorPanel(error, { retry: () => set(cursor) }));
    }
  }
  return { node, set };
}
