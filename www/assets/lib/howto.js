/** How to push the first image: what empty places teach. */

import { codeBlock } from './copy.js';
import { el } from './dom.js';
import { say, sayWith } from './say.js';

/** @param {string} [collection]  the one to push to, which is there already */
export function pushHowto(collection) {
  return el('ol', { class: 'steps' },
    el('li', {}, sayWith('Make a client token under {link} and save what it shows as {file}.',
      { link: el('a', { href: '/settings/integrations#api' }, say('Settings → Integrations')), file: el('code', {}, '~/.sregistry') })),
    el('li', {}, collection ? say('Push an image.') : say('Push an image. Its collection is made by the first push.'),
      codeBlock(say('Push'), `SREGISTRY_CLIENT=registry sregistry push --name ${collection ?? 'tacos'}/avocados.simg avocados.simg`)),
    el('li', {}, collection ? say('Load this page again: the image is here.') : say('Load this page again: the collection is here.')));
}
