/**
 * /settings/{tab}: one page, one module for each pill.
 *
 * For tests: navigation "Settings" with links "User Profile", "Collections", "Favorites", "Integrations", "Sessions", "Notifications";
 * heading "alice: settings". The rest stands in settings-*.js.
 */

import { showCollections } from '../lib/collectionlist.js';
import { byId, el, fill } from '../lib/dom.js';
import { pushHowto } from '../lib/howto.js';
import { icon } from '../lib/icons.js';
import { emptyPanel } from '../lib/panel.js';
import { newCollectionButton } from '../lib/collectionform.js';
import { say, sayWith } from '../lib/say.js';
import { setTitle, start } from '../lib/shell.js';
import { collectionsUsage, usage } from '../lib/usage.js';
import { drawIntegrations } from './settings-integrations.js';
import { drawNotifications } from './settings-notifications.js';
import { drawProfile } from './settings-profile.js';
import { drawSessions } from './settings-sessions.js';

/** @param {import('../lib/api.js').Me} who @param {HTMLElement} content */
async function drawCollections(who, content) {
  const list = el('div');
  const asked = usage();
  await showCollections(list, { mine: 1 }, () => emptyPanel(say('No collections of yours yet'),
    el('p', {}, say('Push your first image, and its collection appears here.')), pushHowto()));
  const create = newCollectionButton(who);
  fill(content, el('div', { class: 'page-head' }, el('h2', {}, say('Your collections')), create ? el('p', { class: 'actions' }, create) : null), list,
    collectionsUsage(await asked));
}

/** @param {import('../lib/api.js').Me} _who @param {HTMLElement} content */
async function drawFavorites(_who, content) {
  const list = el('div');
  await showCollections(list, { starred: 1 }, () => emptyPanel(say('No favorites yet'),
    el('p', {}, sayWith('The star {icon} on a collection’s page keeps it here and on the home page.', { icon: icon('star') })),
    el('p', { class: 'actions' }, el('a', { class: 'button button-primary', href: '/collections' }, say('See the collections')))));
  fill(content, el('h2', {}, say('Favorites')), list);
}

/** @type {Record<string, {title: string, draw: (who: import('../lib/api.js').Me, content: HTMLElement) => Promise<void> | void}>} */
const tabs = {
  profile: { title: say('User Profile'), draw: drawProfile },
  collections: { title: say('Collections'), draw: drawCollections },
  favorites: { title: say('Favorites'), draw: drawFavorites },
  integrations: { title: say('Integrations'), draw: drawIntegrations },
  sessions: { title: say('Sessions'), draw: drawSessions },
  notifications: { title: say('Notifications'), draw: drawNotifications },
};

start(async (who, content) => {
  const tab = tabs[location.pathname.split('/')[2]] ?? tabs.profile;
  setTitle(tab.title);
  byId('settings-title').textContent = say('{user}: settings', { user: who.user?.username ?? '' });
  await tab.draw(who, content);
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}, { needsUser: true });
