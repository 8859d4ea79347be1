/**
 * /collections/{id}: the containers of one collection.
 *
 * For tests: heading "tacos collection"; for who is signed in the button "Favorite", pressed or not; for owners and admins the buttons
 * "Push an image" (pushdialog.js) and "Manage" (collectionmanage.js). Heading "Containers", table "Containers" (columns uri, Tag, Size, Build
 * date); where Globus is on, in each row the checkbox "Choose <uri>" and the link "Transfer with Globus" to /globus/transfer/{container id}, and
 * above them the links "Transfer all" and, once some are chosen, "Transfer 2 chosen". For owners the region "Activity" (activity.js).
 */

import { activitySection } from '../lib/activity.js';
import { get } from '../lib/api.js';
import { manageButton } from '../lib/collectionmanage.js';
import { visibility } from '../lib/collectionlist.js';
import { el, fill } from '../lib/dom.js';
import { sizeElement, timeElement } from '../lib/format.js';
import { pushHowto } from '../lib/howto.js';
import { icon } from '../lib/icons.js';
import { breadcrumb, damagedBadge, exchangeLink } from '../lib/parts.js';
import { makePager } from '../lib/pager.js';
import { emptyPanel } from '../lib/panel.js';
import { pushButton } from '../lib/pushdialog.js';
import { say, sayCount, sayWith } from '../lib/say.js';
import { setTitle, start } from '../lib/shell.js';
import { favoriteButton } from '../lib/star.js';
import { makeTable } from '../lib/table.js';

/** @typedef {{id: number, name: string, tag: string, uri: string, size: number, sha256: string, version: string, damaged: boolean, created_at: string, updated_at: string}} Container */

/** Sending several at once: those that are ticked, or all. @param {number} collection */
function makeChoice(collection) {
  const chosen = new Set();
  const all = el('a', { class: 'button button-small', href: `/globus/transfer?collection=${collection}` }, icon('exchange'), say('Transfer all'));
  const some = el('a', { class: 'button button-small button-primary', hidden: true }, icon('exchange'), el('span', {}));
  /** @param {Container} c */
  function box(c) {
    const input = el('input', { type: 'checkbox', 'aria-label': say('Choose {uri}', { uri: c.uri }), disabled: c.damaged, on: { change: () => toggle(c.id, input.checked) } });
    return el('span', { class: 'tick-box' }, input);
  }
  /** @param {number} id @param {boolean} on */
  function toggle(id, on) {
    if (on) chosen.add(id);
    else chosen.delete(id);
    some.hidden = chosen.size === 0;
    some.href = `/globus/transfer?collection=${collection}&containers=${[...chosen].join(',')}`;
    /** @type {HTMLElement} */ (some.lastElementChild).textContent = sayCount(chosen.size, 'Transfer {n} chosen', 'Transfer {n} chosen');
  }
  return { box, node: el('p', { class: 'actions' }, some, all) };
}

/** @param {ReturnType<typeof makeChoice> | null} choice @returns {import('../lib/table.js').Column<Container>[]} */
function columns(choice) {
  return [
    ...(choice ? [{ name: say('Choose'), quietName: true, class: 'tick', cell: choice.box }] : []),
    { name: 'uri', isHeader: true, cell: (c) => [el('a', { class: 'row-link mono', href: `/containers/${c.id}` }, c.uri), c.damaged ? ' ' : null, damagedBadge(c.damaged)] },
    { name: say('Tag'), cell: (c) => el('span', { class: 'badge mono' }, c.tag) },
    { name: say('Size'), class: 'number', cell: (c) => sizeElement(c.size) },
    { name: say('Build date'), cell: (c) => timeElement(c.created_at) },
    ...(choice ? [{ name: say('Transfer'), quietName: true, class: 'action corner', cell: (/** @type {Container} */ c) => exchangeLink(c.id) }] : []),
  ];
}

/** @param {any} collection @param {import('../lib/api.js').Me} who */
function head(collection, who) {
  return el('div', { class: 'page-head' },
    el('div', {},
      breadcrumb([[say('Collections'), '/collections']]),
      el('h1', {}, collection.name, el('span', { class: 'quiet' }, ' ', say('collection'))),
      collection.description ? el('p', { class: 'lead' }, collection.description) : null,
      el('p', { class: 'facts-line' },
        visibility(collection.private),
        collection.owners.length ? el('span', {}, say('Owned by {names}', { names: collection.owners.join(', ') })) : null,
        collection.contributors.length ? el('span', {}, say('Readers: {names}', { names: collection.contributors.join(', ') })) : null,
        el('span', {}, sayWith('Last push {when}', { when: timeElement(collection.updated_at) })))),
    el('p', { class: 'actions' }, who.user ? favoriteButton(collection) : null, pushButton(collection), manageButton(collection, who)));
}

start(async (who, content) => {
  const address = `/api/portal/collections/${encodeURIComponent(location.pathname.split('/')[2])}`;
  const choice = who.site.globus_enabled ? makeChoice(Number(location.pathname.split('/')[2])) : null;
  const table = makeTable({ caption: say('Containers'), columns: columns(choice) });
  const count = el('p', { class: 'count', role: 'status' });
  let shown = 0;

  /** @param {{items: Container[], next: string | null}} page */
  function add(page) {
    table.add(page.items);
    shown += page.items.length;
    count.textContent = page.next ? sayCount(shown, 'First {n} container', 'First {n} containers') : sayCount(shown, '{n} container', '{n} containers');
    return page.next;
  }
  const pager = makePager(async (cursor) => add((await get(address, { cursor })).containers));
  const { collection, containers } = await get(address);
  setTitle(collection.name);
  const activity = await activitySection(collection);
  if (containers.items.length === 0) {
    fill(content, head(collection, who), emptyPanel(say('No containers yet'), el('p', {}, say('Push an image to this collection.')), pushHowto(collection.name)), activity);
    return;
  }
  fill(content, head(collection, who),
    el('section', { class: 'card card-table', 'aria-labelledby': 'containers' },
      el('div', { class: 'card-head' }, el('h2', { id: 'containers' }, say('Containers')), count, choice?.node ?? null), table.node),
    pager.node, activity);
  pager.set(add(containers));
});
