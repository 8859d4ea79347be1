/**
 * /: search, what is under way, the viewer's own and favorite collections, what was pushed last.
 *
 * For tests: searchbox "Search collections and images"; regions "Under way" (transfers), "Favorites", "Your collections", "Pushed last", each
 * with links named like their collections; region "Three steps" for who has none of it yet.
 */

import { get } from '../lib/api.js';
import { collectionCards } from '../lib/collectioncards.js';
import { el, fill } from '../lib/dom.js';
import { pushHowto } from '../lib/howto.js';
import { icon } from '../lib/icons.js';
import { emptyPanel } from '../lib/panel.js';
import { poll } from '../lib/poll.js';
import { say, sayWith } from '../lib/say.js';
import { start } from '../lib/shell.js';
import { isOpen, makeTransferView } from '../lib/transferview.js';

/** @typedef {import('../lib/api.js').Me} Me */
/** @typedef {import('../lib/collectionlist.js').CollectionItem} CollectionItem */

const SHOWN = 6;

/** @param {string} id @param {string} title @param {import('../lib/dom.js').Child} all @param {...import('../lib/dom.js').Child} inside */
function section(id, title, all, ...inside) {
  return el('section', { 'aria-labelledby': id }, el('div', { class: 'section-head' }, el('h2', { id }, title), all), ...inside);
}

/** @param {string} id @param {string} title @param {{items: CollectionItem[], next: string | null}} page @param {string | null} [all] */
function collections(id, title, page, all = null) {
  if (page.items.length === 0) return null;
  const more = all && (page.next || page.items.length > SHOWN) ? el('a', { href: all }, say('See all')) : null;
  return section(id, title, more, collectionCards(page.items.slice(0, SHOWN)));
}

/** What is open now, followed while it is. @returns {Promise<import('../lib/dom.js').Child>} */
async function underWay() {
  const { items } = await get('/api/transfers');
  /** @type {import('../lib/transferview.js').Transfer[]} */
  const open = items.filter(isOpen).slice(0, 3);
  if (open.length === 0) return null;
  const views = open.map((t) => ({ id: t.id, view: makeTransferView(t, { heading: 'h3', linked: true }) }));
  poll(async () => {
    const now = await Promise.all(views.map(({ id }) => get(`/api/transfers/${id}`)));
    now.forEach((t, i) => views[i].view.update(t));
    return now.some(isOpen);
  });
  return section('under-way', say('Under way'), el('a', { href: '/transfers' }, say('See all')), el('div', { class: 'transfer-list' }, views.map(({ view }) => view.node)));
}

/** What to do first, as far as it was not done. @param {Me} who */
function firstSteps(who) {
  return section('steps', who.site.globus_enabled ? say('Three steps') : say('Two steps'), null, el('div', { class: 'card' }, el('ol', { class: 'steps' },
    el('li', {}, sayWith('{push} an image with the {client} client. {link}.', {
      push: el('strong', {}, say('Push')), client: el('code', {}, 'sregistry'), link: el('a', { href: '/settings/integrations#api' }, say('Get your token')),
    }), pushHowto()),
    who.site.globus_enabled ? el('li', {}, sayWith('{connect} once, under {link}.', {
      connect: el('strong', {}, say('Connect Globus')), link: el('a', { href: '/settings/integrations' }, say('Integrations')),
    })) : null,
    el('li', {}, who.site.globus_enabled
      ? sayWith('{transfer}: the exchange icon {icon} beside an image sends it to your cluster, also while your computer is off.', { transfer: el('strong', {}, say('Transfer')), icon: icon('exchange') })
      : sayWith('{pull} it wherever you compute; each image shows the command.', { pull: el('strong', {}, say('Pull')) })))));
}

/** @param {Me} who */
async function ofUser(who) {
  const [transfers, favorites, mine] = await Promise.all([
    who.site.globus_enabled && who.under_way ? underWay() : null,
    get('/api/portal/collections', { starred: 1 }),
    get('/api/portal/collections', { mine: 1 }),
  ]);
  return [
    transfers,
    collections('favorites', say('Favorites'), favorites, '/settings/favorites'),
    mine.items.length ? collections('mine', say('Your collections'), mine, '/settings/collections') : firstSteps(who),
  ];
}

start(async (who, content) => {
  const [own, recent] = await Promise.all([who.user ? ofUser(who) : null, get('/api/portal/recent')]);
  const last = collections('recent', say('Pushed last'), recent);
  fill(content, own, last ?? (who.user ? null : emptyPanel(say('Nothing public yet'), el('p', {}, say('Sign in to see what you may read.')),
    el('p', { class: 'actions' }, el('a', { class: 'button button-primary', href: '/login?next=/' }, say('Sign in'))))));
});
