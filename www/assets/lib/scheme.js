/** The switch between the system's colour scheme, light and dark. early.js applies the choice before the first paint. */

import { el } from './dom.js';
import { say } from './say.js';

const KEY = 'transload.scheme';
const CHOICES = [['system', say('System')], ['light', say('Light')], ['dark', say('Dark')]];

function current() {
  return document.documentElement.dataset.scheme ?? 'system';
}

/** @param {string} choice */
function choose(choice) {
  if (choice === 'system') delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = choice;
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    /* no storage: for this page only */
  }
}

/** Three radio buttons named "System", "Light", "Dark" in a group "Colours". */
export function schemeSwitch() {
  return el('fieldset', { class: 'scheme' }, el('legend', {}, say('Colours')),
    CHOICES.map(([value, label]) => el('label', {},
      el('input', { type: 'radio', name: 'scheme', value, checked: current() === value, on: { change: () => choose(value) } }),
      el('span', {}, label))));
}
