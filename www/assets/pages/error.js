/**
 * The page that nginx sends in place of one that is not there or could not be made. Its address is the one that was asked for; the status,
 * where the browser tells it, chooses the text from this table.
 */

import { byId } from '../lib/dom.js';
import { say } from '../lib/say.js';
import { setTitle, start } from '../lib/shell.js';

/** @type {Record<number, [string, string]>} */
const texts = {
  403: [say('This is not for you to see'), say('Sign in with an account that may read it, or ask an owner of the collection for access.')],
  413: [say('That is too large'), say('Send less at once.')],
  429: [say('Too many tries'), say('Wait a little, then load this page again.')],
  500: [say('Something went wrong here'), say('Load this page again; if it stays, tell the operator of this registry when it happened.')],
  502: [say('The registry is catching its breath'), say('Load this page again in a moment.')],
  503: [say('The registry is catching its breath'), say('Load this page again in a moment.')],
  504: [say('No answer came in time'), say('Load this page again in a moment.')],
};

const entry = /** @type {any} */ (performance.getEntriesByType('navigation')[0]);
const text = texts[entry?.responseStatus];
if (text) {
  byId('error-title').textContent = text[0];
  byId('error-text').textContent = text[1];
  setTitle(text[0]);
}
start(() => {});
