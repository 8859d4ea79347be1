/** Text to take away: values and commands with a copy button. */

import { el, hidden } from './dom.js';
import { icon } from './icons.js';
import { say } from './say.js';

/** @param {string} text */
async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  throw new Error('no clipboard on this page');
}

/** Selects the text, so that the keyboard can copy it where the page may not. @param {Element | null} source */
function select(source) {
  if (source) getSelection()?.selectAllChildren(source);
}

/**
 * A button that copies and says that it did.
 *
 * @param {string | (() => string)} text
 * @param {string} label             accessible name, such as "Copy the digest"
 * @param {{visible?: string, source?: Element}} [options]  text beside the icon; what to select when copying is forbidden
 */
export function copyButton(text, label, options = {}) {
  const status = el('span', { class: 'copied', role: 'status' });
  const button = el('button', {
    class: options.visible ? 'button button-small' : 'icon-button', type: 'button', title: label,
    'aria-label': options.visible ? null : label,
    on: { click: copy },
  }, icon('copy'), options.visible, options.visible ? hidden(` – ${label}`) : null);

  async function copy() {
    try {
      await toClipboard(typeof text === 'function' ? text() : text);
      tell(say('Copied'));
    } catch {
      select(options.source ?? null);
      tell(say('Press Ctrl+C to copy'));
    }
  }
  /** @param {string} message */
  function tell(message) {
    status.textContent = message;
    setTimeout(() => { status.textContent = ''; }, 4000);
  }
  return el('span', { class: 'copy' }, button, status);
}

/**
 * A command or file to copy.
 *
 * @param {string} title
 * @param {string} text
 * @param {{note?: import('./dom.js').Child, shown?: import('./dom.js').Child}} [options]  shown: the same text with marks in it
 */
export function codeBlock(title, text, options = {}) {
  const code = el('code', {}, options.shown ?? text);
  return el('figure', { class: 'code-block' },
    el('figcaption', {}, el('span', {}, title), copyButton(text, say('Copy: {title}', { title }), { source: code })),
    el('pre', { tabindex: '0', 'aria-label': title, role: 'region' }, code),
    options.note ? el('p', { class: 'hint' }, options.note) : null);
}
