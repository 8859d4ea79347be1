/**
 * /transfers/{id}: one transfer in full, followed while it is open.
 *
 * For tests: the article of transfers.js with its title as level 1 heading; "Arrived" and the digest when it is done; regions "Follow it
 * with the Globus CLI", "Check what arrived" and "Send it with the Globus CLI" with commands; when it has ended, the button "Send again".
 */

import { get, post } from '../lib/api.js';
import { codeBlock, copyButton } from '../lib/copy.js';
import { el, fill } from '../lib/dom.js';
import { size, timeElement } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { breadcrumb, facts } from '../lib/parts.js';
import { poll } from '../lib/poll.js';
import { setTitle, start } from '../lib/shell.js';
import { sendAgain } from '../lib/transferagain.js';
import { cancelTransfer } from '../lib/transfercancel.js';
import { isOpen, makeTransferView } from '../lib/transferview.js';

/** @typedef {import('../lib/transferview.js').Transfer} Transfer */

/** @param {Transfer} t */
function arrival(t) {
  if (t.state !== 'done') return null;
  return el('div', { class: 'notice notice-ok' }, icon('tick'), el('div', { class: 'notice-body' },
    el('p', { class: 'notice-title' }, 'Arrived'),
    el('p', {}, `Globus reports that the file is at ${t.endpoint.display_name}. Its sha256 must be the one below: “Check what arrived” shows it.`)));
}

/** @param {Transfer} t */
function details(t) {
  const code = el('code', { class: 'wrap-anywhere' }, t.sha256);
  return el('section', { class: 'card', 'aria-label': 'Facts' }, facts([
    ['Image', t.container.id ? el('a', { class: 'mono', href: `/containers/${t.container.id}` }, t.container.uri) : el('span', { class: 'mono' }, `${t.container.uri} (deleted since)`)],
    ['Endpoint', t.endpoint.display_name],
    ['Endpoint ID', [el('code', { class: 'wrap-anywhere' }, t.endpoint.id), ' ', copyButton(t.endpoint.id, 'Copy the endpoint ID')]],
    ['Path', el('code', { class: 'wrap-anywhere' }, t.path)],
    ['Size', `${size(t.bytes_total)} (${t.bytes_total.toLocaleString('en')} bytes)`],
    ['sha256', [code, ' ', copyButton(t.sha256, 'Copy the digest', { source: code })]],
    ['Started', timeElement(t.created_at)],
    ['Finished', t.finished_at ? timeElement(t.finished_at) : null],
    ['Task ID', t.task_id ? [el('code', { class: 'wrap-anywhere' }, t.task_id), ' ', copyButton(t.task_id, 'Copy the task ID')] : null],
  ]));
}

/** A word for a POSIX shell. @param {string} text */
function quoted(text) {
  return /^[A-Za-z0-9._:\/~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The path as the shell on the other side knows it: Globus's /~/ is the home directory. @param {string} path */
function shellPath(path) {
  return path.startsWith('/~/') ? `~/${quoted(path.slice(3))}` : quoted(path);
}

/** @param {Transfer} t */
function commands(t) {
  return [
    t.task_id ? codeBlock('Follow it with the Globus CLI', `globus task show ${t.task_id}`) : null,
    codeBlock('Check what arrived', `sha256sum ${shellPath(t.path)}   # ${t.sha256}`),
    codeBlock('Send it with the Globus CLI', `globus transfer ${quoted(t.source)} ${quoted(`${t.endpoint.id}:${t.path}`)} --external-checksum ${t.sha256} --checksum-algorithm sha256`),
  ];
}

start(async (_who, content) => {
  const address = `/api/transfers/${encodeURIComponent(location.pathname.split('/')[2])}`;
  /** @type {Transfer} */
  let now = await get(address);
  const rest = el('div', {});
  const view = makeTransferView(now, { heading: 'h1', linked: false, onCancel: (t) => cancelTransfer(t, show) });

  /** @param {Transfer} t */
  function show(t) {
    const isNews = t.state !== now.state || t.task_id !== now.task_id || !rest.hasChildNodes();
    now = t;
    view.update(t);
    if (t.news) post(`${address}/notice`).catch(() => undefined); /* it stays new, that is all */
    if (isNews) fill(rest, arrival(t), isOpen(t) ? null : sendAgain(t), details(t), commands(t));
  }
  setTitle(`${now.container.uri} to ${now.endpoint.display_name}`);
  fill(content, breadcrumb([['Transfers', '/transfers']]), view.node, rest);
  show(now);
  if (!isOpen(now)) return;
  poll(async () => {
    show(await get(address));
    return isOpen(now);
  });
}, { needsUser: true });
