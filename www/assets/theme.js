/*
 * Sets the colour scheme before the first paint. Not a module: modules run after the page has been drawn, and a dark page would flash.
 * lib/scheme.js holds the switch.
 */
(function () {
  'use strict';
  try {
    var chosen = localStorage.getItem('transload.scheme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.scheme = chosen;
  } catch (e) {
    /* storage is forbidden: the system decides */
  }
})();
