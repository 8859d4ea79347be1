/** How to push the first image: what empty places teach. */

import { codeBlock } from './copy.js';
import { el } from './dom.js';

/** @param {string} [collection]  the name to push to */
export function pushHowto(collection = 'tacos') {
  return el('ol', { class: 'steps' },
    el('li', {}, 'Make a client token under ', el('a', { href: '/settings/integrations#api' }, 'Settings → Integrations'),
      ' and save what it shows as ', el('code', {}, '~/.sregistry'), '.'),
    el('li', {}, 'Push an image. Its collection is made by the first push.',
      codeBlock('Push', `SREGISTRY_CLIENT=registry sregistry push --name ${collection}/avocados.simg avocados.simg`)),
    el('li', {}, 'Load this page again: the collection is here.'));
}
