/**
 * /transfers: the user's transfers, newest first, following the open ones.
 *
 * For tests: one article a transfer, named "tacos/avocados:latest to <endpoint>" and with data-state; in it a progressbar, the link
 * "view task (opens Globus)", the button "Cancel", which opens dialog "Cancel this transfer?" with "Cancel transfer" and "Keep it
 * running". Navigation "Which transfers" with links "All", "Open", "Done", "Failed", "Cancelled". Once two have ended, a figure "In the last 30 days: …". Button "Load more". Links "CSV for spreadsheets" and "JSON for programs". Heading "No transfers yet" when empty.
 */

import { get, me, post } from '../lib/api.js';
import { barChart } from '../lib/chart.js';
import { el, fill } from '../lib/dom.js';
import { size } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { makePager } from '../lib/pager.js';
import { emptyPanel } from '../lib/panel.js';
import { poll } from '../lib/poll.js';
import { say, sayCount, sayWith } from '../lib/say.js';
import { showNews, start } from '../lib/shell.js';
import { cancelTransfer } from '../lib/transfercancel.js';
import { isOpen, makeTransferView, stateWord } from '../lib/transferview.js';

/** @typedef {import('../lib/transferview.js').Transfer} Transfer */

function nothing() {
  return emptyPanel(say('No transfers yet'),
    el('p', {}, sayWith('To send an image to your cluster, choose its exchange icon {icon} and then an endpoint.', { icon: icon('exchange') })),
    el('p', { class: 'actions' }, el('a', { class: 'button button-primary', href: '/collections' }, say('Choose an image')),
      el('a', { class: 'button', href: '/globus/transfer' }, say('See your endpoints'))));
}

/** The whole history as a file. */
function exports() {
  return el('p', { class: 'hint' }, sayWith('All of your transfers as a file: {csv}, {json}.', {
    csv: el('a', { href: '/api/transfers.csv', download: '' }, say('CSV for spreadsheets')),
    json: el('a', { href: '/api/transfers.json', download: '' }, say('JSON for programs')),
  }));
}

/** The days, also those on which nothing ended. @param {{days: number, items: {day: string, done: number, failed: number, bytes: number}[]}} all */
function overTime({ days, items }) {
  const done = items.reduce((sum, d) => sum + d.done, 0);
  const failed = items.reduce((sum, d) => sum + d.failed, 0);
  if (done + failed < 2) return null;
  const known = new Map(items.map((d) => [d.day, d]));
  const bars = Array.from({ length: days }, (_, i) => {
    const day = new Date(Date.now() - (days - 1 - i) * 86_400_000).toISOString().slice(0, 10);
    const d = known.get(day) ?? { done: 0, failed: 0, bytes: 0 };
    return { value: d.done, bad: d.failed, title: say('{day}: {done} done, {failed} failed, {bytes}', { day, done: d.done, failed: d.failed, bytes: size(d.bytes) }) };
  });
  const values = { days, failed, bytes: size(items.reduce((sum, d) => sum + d.bytes, 0)) };
  const sentence = failed ? sayCount(done, 'In the last {days} days: {n} transfer done, {bytes}; {failed} failed.', 'In the last {days} days: {n} transfers done, {bytes}; {failed} failed.', values)
    : sayCount(done, 'In the last {days} days: {n} transfer done, {bytes}.', 'In the last {days} days: {n} transfers done, {bytes}.', values);
  return el('figure', { class: 'card over-time' }, barChart(sentence, bars), el('figcaption', {}, sentence));
}

function transferList() {
  const node = el('div', { class: 'transfer-list' });
  const said = el('p', { class: 'visually-hidden', role: 'status' });
  /** @type {Map<string, {transfer: Transfer, view: ReturnType<typeof makeTransferView>}>} */
  const known = new Map();

  /** @param {Transfer} t @param {boolean} atTop */
  function put(t, atTop) {
    const old = known.get(t.id);
    if (old) {
      if (old.transfer.state !== t.state) said.textContent = say('{uri} to {endpoint}: {state}.', { uri: t.container.uri, endpoint: t.endpoint.display_name, state: stateWord(t) });
      old.transfer = t;
      old.view.update(t);
      return;
    }
    const view = makeTransferView(t, { heading: 'h2', linked: true, onCancel: (now) => cancelTransfer(now, (next) => put(next, false)) });
    known.set(t.id, { transfer: t, view });
    if (atTop) node.prepend(view.node);
    else node.append(view.node);
  }
  return {
    nodes: [said, node],
    put,
    open: () => [...known.values()].map((k) => k.transfer).filter(isOpen),
  };
}

/** @type {[string, string][]} */
const FILTERS = [['', say('All')], ['open', say('Open')], ['done', say('Done')], ['failed', say('Failed')], ['cancelled', say('Cancelled')]];

/** Links, so that a filter can be kept and shared. @param {string} chosen */
function filters(chosen) {
  return el('nav', { class: 'pills pills-line', 'aria-label': say('Which transfers') }, el('ul', {}, FILTERS.map(([state, text]) =>
    el('li', {}, el('a', { href: state ? `/transfers?state=${state}` : '/transfers', 'aria-current': state === chosen ? 'page' : null }, text)))));
}

start(async (_who, content) => {
  const asked = new URLSearchParams(location.search).get('state') ?? '';
  const state = FILTERS.some(([known]) => known === asked) ? asked : '';
  const list = transferList();
  const pager = makePager(async (cursor) => {
    const page = await get('/api/transfers', { state, cursor });
    page.items.forEach((/** @type {Transfer} */ t) => list.put(t, false));
    return page.next;
  });
  const days = get('/api/transfers/days');
  const first = await get('/api/transfers', { state });
  if (first.items.length === 0 && !state) {
    fill(content, nothing());
    return;
  }
  first.items.forEach((/** @type {Transfer} */ t) => list.put(t, false));
  fill(content, overTime(await days), filters(state),
    first.items.length ? list.nodes : el('p', { class: 'muted' }, say('None of your transfers is like that now.'), ' ', el('a', { href: '/transfers' }, say('Show all'))), pager.node, exports());
  pager.set(first.next);
  /* What is marked as new on this page has been seen now; the marks stay until the page is left. */
  if (!state && (await me()).news) {
    await post('/api/transfers/notice');
    showNews(0);
  }

  /* The first page holds what is new and most of what is open; open ones further down are asked for one by one. */
  poll(async () => {
    const page = await get('/api/transfers', { state });
    const fresh = new Set(page.items.map((/** @type {Transfer} */ t) => t.id));
    [...page.items].reverse().forEach((/** @type {Transfer} */ t) => list.put(t, true));
    for (const t of list.open().filter((each) => !fresh.has(each.id))) list.put(await get(`/api/transfers/${t.id}`), false);
    return list.open().length > 0;
  });
}, { needsUser: true });
