/** /words: the glossary. It stands in the page itself, without Globus with fewer words; the header and the footer are drawn as everywhere. */

import { say } from '../lib/say.js';
import { setTitle, start } from '../lib/shell.js';

start((who) => {
  setTitle(say('Words'));
  if (!who.site.globus_enabled) document.querySelectorAll('[data-feature="globus"]').forEach((node) => node.remove());
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
});
