/**
 * /settings/profile, /settings/collections, /settings/integrations: one page, one module for each pill.
 *
 * For tests: navigation "Settings" with links "User Profile", "Collections", "Integrations"; heading "alice: settings". The rest stands
 * in settings-profile.js, settings-integrations.js and settings-token.js.
 */

import { showCollections } from '../lib/collectionlist.js';
import { byId, el, fill } from '../lib/dom.js';
import { pushHowto } from '../lib/howto.js';
import { emptyPanel } from '../lib/panel.js';
import { newCollectionButton } from '../lib/collectionform.js';
import { setTitle, start } from '../lib/shell.js';
import { collectionsUsage, usage } from '../lib/usage.js';
import { drawIntegrations } from './settings-integrations.js';
import { drawProfile } from './settings-profile.js';

/** @param {import('../lib/api.js').Me} who @param {HTMLElement} content */
async function drawCollections(who, content) {
  const list = el('div');
  const asked = usage();
  await showCollections(list, { mine: 1 }, () => emptyPanel('No collections of yours yet',
    el('p', {}, 'Push your first image, and its collection appears here.'), pushHowto()));
  const create = newCollectionButton(who);
  fill(content, el('div', { class: 'page-head' }, el('h2', {}, 'Your collections'), create ? el('p', { class: 'actions' }, create) : null), list,
    collectionsUsage(await asked));
}

/** @type {Record<string, {title: string, draw: (who: import('../lib/api.js').Me, content: HTMLElement) => Promise<void> | void}>} */
const tabs = {
  profile: { title: 'User Profile', draw: drawProfile },
  collections: { title: 'Collections', draw: drawCollections },
  integrations: { title: 'Integrations', draw: drawIntegrations },
};

start(async (who, content) => {
  const tab = tabs[location.pathname.split('/')[2]] ?? tabs.profile;
  setTitle(tab.title);
  byId('settings-title').textContent = `${who.user?.username}: settings`;
  await tab.draw(who, content);
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}, { needsUser: true });
