/** The user's menu: a button that unfolds a list of links. Escape, a click elsewhere, or leaving it with Tab folds it again. */

import { el, newId } from './dom.js';
import { icon } from './icons.js';
import { say } from './say.js';

/**
 * @param {string} username
 * @param {boolean} globus    Globus is part of this registry
 * @param {boolean} admin     they look after it
 * @param {() => void} signOut
 */
export function userMenu(username, globus, admin, signOut) {
  const id = newId('menu');
  const list = el('ul', { id, class: 'menu-list', hidden: true },
    el('li', {}, el('a', { href: '/settings/profile' }, say('Settings'))),
    el('li', {}, el('a', { href: '/settings/integrations#api' }, say('Token'))),
    globus ? el('li', {}, el('a', { href: '/transfers' }, say('Transfers'))) : null,
    admin ? el('li', {}, el('a', { href: '/admin' }, say('Admin'))) : null,
    el('li', { class: 'menu-divider' }, el('button', { type: 'button', on: { click: signOut } }, say('Logout'))));
  const button = el('button', {
    type: 'button', class: 'menu-button', 'aria-expanded': 'false', 'aria-controls': id, on: { click: () => toggle(Boolean(list.hidden)) },
  }, el('span', { class: 'menu-name' }, username), icon('down'));
  const menu = el('div', { class: 'menu', on: { keydown: onKey, focusout: onLeave } }, button, list);

  /** @param {boolean} open */
  function toggle(open) {
    list.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
  }
  /** @param {FocusEvent} event */
  function onLeave(event) {
    if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) toggle(false);
  }
  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === 'Escape') {
      toggle(false);
      button.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      toggle(true);
      move(event.key === 'ArrowDown' ? 1 : -1);
    }
  }
  /** @param {number} step */
  function move(step) {
    const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('a, button')]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    items[(at + step + items.length + (at < 0 && step < 0 ? 1 : 0)) % items.length].focus();
  }
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) toggle(false);
  });
  return menu;
}
