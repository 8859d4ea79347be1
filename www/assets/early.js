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
    var said = document.getElementById('not-whole');
    if (!place || !(said instanceof HTMLTemplateElement)) return;
    place.removeAttribute('aria-busy');
    place.replaceChildren(said.content.cloneNode(true));
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
