/** /words: the glossary. It stands in the page itself; the header and the footer are drawn as everywhere. */

import { setTitle, start } from '../lib/shell.js';

start(() => {
  setTitle('Words');
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
});
