/** /words: the glossary. It stands in the page itself; the header and the footer are drawn as everywhere. */

import { say } from '../lib/say.js';
import { setTitle, start } from '../lib/shell.js';

start(() => {
  setTitle(say('Words'));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
});
