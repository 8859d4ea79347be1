/**
 * /collections: what the viewer may read, with a search over collections and images.
 *
 * For tests: button "New collection" (opens a dialog with textboxes "Name", "Description", radios "Public", "Private", button
 * "Create collection"); searchbox "Search collections and images", button "Search", tables "Collections" and, of a
 * search, "Images" (one link a row, named like the collection), button
 * "Load more", heading "No collections yet" when empty.
 */

import { byId, el, fill } from '../lib/dom.js';
import { showCollections } from '../lib/collectionlist.js';
import { pushHowto } from '../lib/howto.js';
import { emptyPanel, errorPanel, loading } from '../lib/panel.js';
import { say, sayWith } from '../lib/say.js';
import { searchResult } from '../lib/searchresult.js';
import { newCollectionButton } from '../lib/collectionform.js';
import { setTitle, start } from '../lib/shell.js';

const box = byId('q');

/** @param {string} q @param {boolean} signedIn */
function nothing(q, signedIn) {
  if (q) {
    return emptyPanel(say('Nothing found'), el('p', {}, sayWith('Nothing that you may read has “{words}” in its name, tag, description or labels.', { words: el('strong', {}, q) })),
      el('p', {}, signedIn ? say('Try fewer words, or a part of one.') : say('Try fewer words, or a part of one, or sign in: private collections show for their members only.')),
      el('p', { class: 'actions' }, el('a', { class: 'button', href: '/collections' }, say('Show all collections'))));
  }
  if (!signedIn) {
    return emptyPanel(say('No collections yet'), el('p', {}, say('Nothing here is public. Sign in to see what you may read.')),
      el('p', { class: 'actions' }, el('a', { class: 'button button-primary', href: '/login?next=/collections' }, say('Sign in'))));
  }
  return emptyPanel(say('No collections yet'), el('p', {}, say('Push your first image, and its collection appears here.')), pushHowto());
}

start(async (who, content) => {
  /** @param {string} q */
  async function show(q) {
    setTitle(q ? say('{q}: search', { q }) : say('Collections'));
    fill(content, loading());
    try {
      const collections = el('div');
      const [images, isFound] = await Promise.all([q ? searchResult(q, who.site.globus_enabled) : null, showCollections(collections, { q }, () => null)]);
      fill(content, images || isFound ? [collections, images] : nothing(q, who.user !== null));
    } catch (error) {
      fill(content, errorPanel(error, { retry: () => show(q) }));
    }
  }
  const create = newCollectionButton(who);
  if (create) byId('search').before(el('p', { class: 'actions' }, create));
  byId('search').addEventListener('submit', (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const q = box.value.trim();
    history.replaceState(null, '', q ? `/collections?q=${encodeURIComponent(q)}` : '/collections');
    show(q);
  });
  box.value = new URLSearchParams(location.search).get('q') ?? '';
  await show(box.value.trim());
});
