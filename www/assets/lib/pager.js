/** "Load more" at the end of a list that the server hands out a page at a time. */

import { el, fill } from './dom.js';
import { errorPanel } from './panel.js';
import { say } from './say.js';

/**
 * @param {(cursor: string) => Promise<string | null>} load  fetches the page, shows it, answers the next cursor
 */
export function makePager(load) {
  const node = el('div', { class: 'pager' });

  /** @param {string | null | undefined} next @param {boolean} [goesOn]  the focus was here */
  function set(next, goesOn = false) {
    if (!next) {
      const end = goesOn ? el('p', { class: 'muted', tabindex: '-1' }, say('That is all.')) : null;
      fill(node, end);
      end?.focus();
      return;
    }
    const button = el('button', { class: 'button', type: 'button', on: { click: () => more(button, next) } }, say('Load more'));
    fill(node, button);
    if (goesOn) button.focus();
  }
  /** @param {HTMLButtonElement} button @param {string} cursor */
  async function more(button, cursor) {
    if (button.getAttribute('aria-disabled')) return; /* not disabled: that would take the focus away */
    button.setAttribute('aria-disabled', 'true');
    button.textContent = 'Loading…';
    const goesOn = () => document.activeElement === button;
    try {
      const next = await load(cursor);
      set(next, goesOn());
    } catch (error) {
      const had = goesOn();
      fill(node, errorPanel(error, { retry: () => set(cursor, true) }));
      if (had) node.querySelector('button')?.focus();
    }
  }
  return { node, set };
}
