/** Modal dialogs on the browser's own <dialog>: focus stays inside, Escape closes, focus goes back to where it was. */

import { el, newId } from './dom.js';
import { icon } from './icons.js';
import { say } from './say.js';

/** @typedef {import('./dom.js').Child} Child */

/**
 * @param {string} title
 * @param {Child[]} children
 * @param {{wide?: boolean}} [options]
 */
export function openDialog(title, children, options = {}) {
  const id = newId('dialog');
  const back = /** @type {HTMLElement | null} */ (document.activeElement);
  const dialog = el('dialog', { class: options.wide ? 'dialog dialog-wide' : 'dialog', 'aria-labelledby': id },
    el('div', { class: 'dialog-head' },
      el('h2', { id, tabindex: '-1' }, title),
      el('button', { class: 'icon-button', type: 'button', 'aria-label': say('Close'), on: { click: () => dialog.close() } }, icon('cross'))),
    ...children);
  dialog.addEventListener('close', () => {
    dialog.remove();
    /* What opened it may be gone, drawn anew: then to where the reader is. */
    if (back?.isConnected) back.focus();
    else /** @type {HTMLElement | null} */ (document.querySelector('dialog[open] h2, #main'))?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Ask before something that cannot be taken back.
 *
 * @param {{title: string, text: string, yes: string, no: string}} question
 * @returns {Promise<boolean>}
 */
export function confirmDialog(question) {
  return new Promise((resolve) => {
    let answer = false;
    const dialog = openDialog(question.title, [
      el('p', {}, question.text),
      el('p', { class: 'actions actions-end' },
        el('button', { class: 'button', type: 'button', autofocus: true, on: { click: () => dialog.close() } }, question.no),
        el('button', { class: 'button button-bad', type: 'button', on: { click: () => { answer = true; dialog.close(); } } }, question.yes)),
    ]);
    dialog.addEventListener('close', () => resolve(answer));
  });
}
