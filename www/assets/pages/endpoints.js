/**
 * /globus/transfer and /globus/transfer/{container id}: find an endpoint, and send the chosen image there, or several (endpoints-subject.js).
 *
 * For tests: heading "alice: endpoints"; heading "Transfer tacos/avocados:latest" when an image is chosen; searchbox "Search Endpoints"
 * with button "Go!"; searchbox "Search names"; region "Your places" once something was sent or starred; regions "My endpoints", "Shared with me", "Search results", each with a table of its name;
 * in a row the text "activated" or the link "ACTIVATE (opens Globus)", the button "Copy ID of <name>" and, when an image is chosen and the
 * row is activated, the button "Transfer" (described by the endpoint's name). The dialog it opens stands in endpoints-send.js. Not
 * connected: button "Connect Globus". Globus down: role alert with button "Retry".
 */

import { el, fill } from '../lib/dom.js';
import { isGlobusDown, needsConnection } from '../lib/errors.js';
import { size } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { errorPanel } from '../lib/panel.js';
import { breadcrumb, connectForm } from '../lib/parts.js';
import { say, sayWith } from '../lib/say.js';
import { sentToLogin, setTitle, start } from '../lib/shell.js';
import { notify } from '../lib/notify.js';
import { announceReturned } from '../lib/transfernotice.js';
import { makeList } from './endpoints-list.js';
import { namedChoice, nameChoice } from './endpoints-address.js';
import { fetchEndpoint, fetchScope, nothingMine, nothingShared, searchSection } from './endpoints-find.js';
import { askPlaces, makePlaces } from './endpoints-places.js';
import { openSend } from './endpoints-send.js';
import { chosenSubject } from './endpoints-subject.js';

/** @typedef {import('../lib/api.js').Me} Me */
/** @typedef {import('./endpoints-subject.js').Subject} Subject */

/** @param {Me} who @param {Subject | null} subject */
function head(who, subject) {
  const title = say('{user}: endpoints', { user: who.user?.username ?? '' });
  setTitle(subject ? say('Transfer {name}', { name: subject.name }) : title);
  return el('div', { class: 'page-head' }, el('div', {},
    subject ? breadcrumb([[say('Collections'), '/collections'], [subject.collection.name, `/collections/${subject.collection.id}`]]) : null,
    el('h1', {}, title)));
}

/** What will be sent, or how to choose it. @param {Subject | null} subject */
function chosenPanel(subject) {
  if (!subject) {
    return el('p', { class: 'lead' }, sayWith('No image is chosen. To send one, choose its exchange icon {icon} in {link}.',
      { icon: icon('exchange'), link: el('a', { href: '/collections' }, say('a collection')) }));
  }
  return el('section', { class: 'chosen', 'aria-labelledby': 'chosen' }, icon('exchange'),
    el('div', {},
      el('h2', { id: 'chosen' }, sayWith('Transfer {name}', { name: el('span', { class: 'mono wrap-anywhere' }, subject.name) })),
      el('p', {}, sayWith('{what}. Choose an endpoint that is activated, or {link}.', {
        what: subject.size === null ? say('As one task, into one folder') : size(subject.size),
        link: el('a', { href: `/collections/${subject.collection.id}` }, subject.id === null ? say('other images') : say('another image')),
      }))));
}

/** @param {Me} who @param {boolean} [ended]  there was a connection */
function connectPanel(who, ended = who.globus?.reconnect) {
  return el('section', { class: 'card', 'aria-labelledby': 'connect' },
    el('h2', { id: 'connect' }, ended ? say('Connect Globus again') : say('Connect Globus first')),
    el('p', {}, ended ? say('Globus ended the connection. Connect again, and your endpoints are back.')
      : say('To see your endpoints and send images there, the registry needs your permission at Globus, once.')),
    connectForm(who.csrf_token ?? '', location.pathname + location.search));
}

/**
 * The two lists that are always there, loaded at once.
 *
 * @param {Me} who
 * @param {((endpoint: any) => void) | null} onSend
 * @param {HTMLElement} outage
 */
function ownLists(who, onSend, outage) {
  const onLeave = () => { left = true; };
  const mine = makeList({ id: 'my-endpoints', title: say('My endpoints'), empty: nothingMine, onSend, onLeave });
  const shared = makeList({ id: 'shared-with-me', title: say('Shared with me'), empty: nothingShared, onSend, onLeave });
  let left = false;

  /** Neither list could be had. @param {any} error */
  function none(error) {
    if (sentToLogin(error)) return;
    mine.wait(say('Not loaded.'));
    shared.wait(say('Not loaded.'));
    fill(outage, needsConnection(error) ? connectPanel(who, true) : errorPanel(error, { retry: reload }));
  }
  /** @param {Promise<any[]>[]} [asked]  answers that are already on their way */
  async function load(asked = [fetchScope('my-endpoints'), fetchScope('shared-with-me')]) {
    const [a, b] = await Promise.allSettled(asked);
    if (a.status === 'rejected' && b.status === 'rejected' && (isGlobusDown(a.reason) || a.reason.code === b.reason.code)) {
      none(a.reason);
      return;
    }
    fill(outage);
    const own = new Set(a.status === 'fulfilled' ? a.value.map((e) => e.id) : []);
    if (a.status === 'fulfilled') mine.set(a.value);
    else mine.fail(a.reason, reload);
    if (b.status === 'fulfilled') shared.set(b.value.filter((e) => !own.has(e.id)));
    else shared.fail(b.reason, reload);
  }
  function reload() {
    mine.wait();
    shared.wait();
    fill(outage);
    return load();
  }
  /* Back from ACTIVATE in another tab: what was missing may be there now. */
  window.addEventListener('focus', () => {
    if (left) load();
    left = false;
  });
  return { mine, shared, load, onLeave };
}

/** A transfer that came to nothing on its way through Globus leaves the choice open. @param {any} transfer */
function isSettled(transfer) {
  return transfer && !['failed', 'needs_you'].includes(transfer.state);
}

/** Back at what the address names: the dialog as it was. @param {(endpoint: any, folder: string) => void} send @param {{endpoint: string, path: string}} choice @param {any} transfer */
async function openAgain(send, choice, transfer) {
  nameChoice(null);
  if (isSettled(transfer)) return;
  try {
    const endpoint = await fetchEndpoint(choice.endpoint);
    if (endpoint?.sendable) send(endpoint, choice.path);
    else notify({ kind: 'info', text: endpoint?.reason ?? say('This endpoint cannot be sent to.') });
  } catch (error) {
    sentToLogin(error); /* otherwise the lists below say what is wrong */
  }
}

start(async (who, content) => {
  const isConnected = Boolean(who.globus && !who.globus.reconnect);
  const asked = isConnected ? [fetchScope('my-endpoints'), fetchScope('shared-with-me')] : [];
  const askedPlaces = isConnected ? askPlaces(location.pathname.split('/')[3]) : null;
  [...asked, askedPlaces].forEach((promise) => promise?.catch(() => {})); /* they are looked at in load() */
  const outage = el('div');
  const wrongImage = el('div');
  const subject = await chosenSubject().catch((error) => {
    if (!sentToLogin(error)) fill(wrongImage, errorPanel(error));
    return null;
  });
  const chosen = wrongImage.hasChildNodes() ? wrongImage : chosenPanel(subject);
  if (!isConnected) {
    fill(content, head(who, subject), chosen, connectPanel(who));
    return;
  }
  /** @param {any} endpoint @param {string} [folder] */
  const send = (endpoint, folder) => { if (subject) openSend(subject, endpoint, places, folder); };
  const places = makePlaces(subject, send);
  const onSend = subject ? send : null;
  const own = ownLists(who, onSend, outage);
  const search = searchSection({ others: [own.mine, own.shared], onSend, onLeave: own.onLeave });
  await places.load(subject && askedPlaces ? askedPlaces : undefined); /* before there is anything that it would push down */
  fill(content, head(who, subject), chosen, places.node, search.controls, outage, search.list.node, own.mine.node, own.shared.node);
  search.begin();
  const choice = namedChoice();
  const returned = announceReturned().catch(() => null); /* the row says it too, under Transfers */
  if (subject && choice) returned.then((transfer) => openAgain(send, choice, transfer));
  await own.load(asked);
}, { needsUser: true });
