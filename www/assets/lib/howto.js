/** How to push the first image: what empty places teach. */

import { codeBlock } from './copy.js';
import { el } from './dom.js';
import { say, sayWith } from './say.js';

/** @param {string} [collection]  the name to push to */
export function pushHowto(collection = 'tacos') {
  return el('ol', { class: 'steps' },
    el('li', {}, sayWith('Make a client token under {link} and save what it shows as {file}.',
      { link: el('a', { href: '/settings/integrations#api' }, say('Settings → Integrations')), file: el('code', {}, '~/.sregistry') })),
    el('li', {}, say('Push an image. Its collection is made by the first push.'),
      codeBlock(say('Push'), `SREGISTRY_CLIENT=registry sregistry push --name ${collection}/avocados.simg avocados.simg`)),
    el('li', {}, say('Load this page again: the collection is here.')));
}
