/**
 * Building elements. Every text becomes a text node, so nothing that comes from the server or from another person is ever read as HTML.
 */

import { say } from './say.js';

/** @typedef {Node | string | number | null | undefined | false | Children} Child */
/** @typedef {Child[]} Children */

/**
 * @typedef {Object} Special
 * @property {string} [class]
 * @property {Record<string, string>} [data]           data-* attributes
 * @property {Record<string, (e: any) => void>} [on]   event listeners
 */

/**
 * Make an element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Special & Record<string, any>} [props]  other names are attributes; true sets an empty one, null and false leave it out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  const { on = {}, data = {}, ...attributes } = props;
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  Object.assign(node.dataset, data);
  for (const [type, listener] of Object.entries(on)) node.addEventListener(type, listener);
  append(node, children);
  return node;
}

/** @param {Element} node @param {string} name @param {any} value */
function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  node.setAttribute(name, value === true ? '' : String(value));
}

/** @param {Element} node @param {Child[]} children */
function append(node, children) {
  for (const child of /** @type {any[]} */ (children).flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

const SVG = 'http://www.w3.org/2000/svg';
/** A part of a drawing; attributes keep their names. @param {string} tag @param {Record<string, string | number>} attributes @param {...Child} children */
export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  append(node, children);
  return node;
}

/** Put these children in the place of all others. @param {Element} node @param {...Child} children */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
}

/** The element with this id, which the page is known to hold. @param {string} id @returns {any} */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page lacks #${id}`);
  return node;
}

/** The element that a page marks with data-slot. @param {string} name @returns {HTMLElement | null} */
export function slot(name) {
  return document.querySelector(`[data-slot="${name}"]`);
}

let lastId = 0;
/** An id that no other element has, for labels and descriptions. @param {string} prefix */
export function newId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Let it be pressed again. Being disabled cost it the focus; it gets that back unless the focus went elsewhere. @param {HTMLButtonElement} button */
export function enable(button) {
  button.disabled = false;
  if (document.activeElement === document.body) button.focus();
}

/** Text for screen readers only. @param {...Child} children */
export function hidden(...children) {
  return el('span', { class: 'visually-hidden' }, ...children);
}

/**
 * An address from the server, if it is one to follow: http or https, or a path of our own. Anything else (javascript:, data:) is null.
 *
 * @param {string | null | undefined} address
 * @returns {string | null}
 */
export function safeHref(address) {
  if (!address) return null;
  try {
    const url = new URL(address, location.origin);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * A link to another site: new tab, no way back through window.opener, and it says where it leads.
 *
 * @param {string | null | undefined} address
 * @param {string} text
 * @param {Special & Record<string, any>} [props]  `where` replaces "opens Globus"
 */
export function outLink(address, text, props = {}) {
  const { where = say('opens Globus'), ...rest } = props;
  const href = safeHref(address);
  if (!href) return el('span', { class: 'muted' }, text);
  return el('a', { href, target: '_blank', rel: 'noopener noreferrer', ...rest }, text, el('span', { class: 'out-note' }, ` (${where})`));
}
