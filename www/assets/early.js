/*
 * What must happen before the modules, which run after the page has been drawn: the colour scheme, or a dark page would flash
 * (lib/scheme.js holds the switch), and a sentence in place of "Loading…" when a module does not arrive or breaks.
 */
(function () {
  'use strict';
  try {
    var chosen = localStorage.getItem('transload.scheme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.scheme = chosen;
  } catch (e) {
    /* storage is forbidden: the system decides */
  }

  function tell() {
    var place = document.querySelector('#content[aria-busy]');
    var text = document.createElement('p');
    if (!place) return;
    place.removeAttribute('aria-busy');
    text.setAttribute('role', 'alert');
    text.className = 'notice notice-bad';
    text.textContent = 'This page did not arrive whole. Load it again; if that does not help, tell the operator of this registry.';
    place.replaceChildren(text);
  }

  /** @param {Event} event */
  function failed(event) {
    if (event.target instanceof Element && event.target.tagName !== 'SCRIPT') return;
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', tell);
    else tell();
  }

  window.addEventListener('error', failed, true);
  window.addEventListener('unhandledrejection', failed);
})();
