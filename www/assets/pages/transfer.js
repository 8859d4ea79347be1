/**
 * /transfers/{id}: one transfer in full, followed while it is open.
 *
 * For tests: the article of transfers.js with its title as level 1 heading; "Arrived" and the digest when it is done; regions "Follow it
 * with the Globus CLI", "Check what arrived" (for several images "Images") and "Send it with the Globus CLI" with commands; when images were
 * left out, the region "Left out: 2 images" with a list of them; when it has ended, the button "Send again".
 */

import { get, post } from '../lib/api.js';
import { lineChart } from '../lib/chart.js';
import { codeBlock, copyButton } from '../lib/copy.js';
import { el, fill } from '../lib/dom.js';
import { exactSize, shortDigest, size, timeElement } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { breadcrumb, facts } from '../lib/parts.js';
import { poll } from '../lib/poll.js';
import { say, sayCount } from '../lib/say.js';
import { setTitle, start } from '../lib/shell.js';
import { makeTable } from '../lib/table.js';
import { sendAgain } from '../lib/transferagain.js';
import { cancelTransfer } from '../lib/transfercancel.js';
import { isOpen, makeTransferView } from '../lib/transferview.js';

/** @typedef {import('../lib/transferview.js').Transfer} Transfer */

/** @param {Transfer} t */
function arrivalText(t) {
  const endpoint = t.endpoint.display_name;
  if (t.files > 1) {
    return t.verified ? say('All {files} files are at {endpoint}; Globus compared the sha256 of each with what arrived.', { files: t.files, endpoint })
      : say('Globus reports that all {files} files are at {endpoint}. “Check what arrived” below shows whether the sha256 of each is its image’s.', { files: t.files, endpoint });
  }
  return t.verified ? say('The file is at {endpoint}; Globus compared the sha256 of the image, below, with what arrived.', { endpoint })
    : say('Globus reports that the file is at {endpoint}. “Check what arrived” below shows whether the sha256 is the image’s.', { endpoint });
}

/** @param {Transfer} t */
function arrival(t) {
  if (t.state !== 'done') return null;
  return el('div', { class: 'notice notice-ok' }, icon('tick'), el('div', { class: 'notice-body' },
    el('p', { class: 'notice-title' }, t.verified ? say('Arrived, sha256 verified') : say('Arrived')),
    el('p', {}, arrivalText(t))));
}

/** @param {Transfer} t */
function details(t) {
  const code = el('code', { class: 'wrap-anywhere' }, t.sha256);
  return el('section', { class: 'card', 'aria-label': say('Facts') }, facts([
    [t.files > 1 ? say('Images') : say('Image'), t.files > 1 ? el('span', { class: 'mono' }, t.container.uri) : t.container.id ? el('a', { class: 'mono', href: `/containers/${t.container.id}` }, t.container.uri) : el('span', { class: 'mono' }, say('{uri} (deleted since)', { uri: t.container.uri }))],
    [say('Endpoint'), t.endpoint.display_name],
    [say('Endpoint ID'), [el('code', { class: 'wrap-anywhere' }, t.endpoint.id), ' ', copyButton(t.endpoint.id, say('Copy the endpoint ID'))]],
    [say('Path'), el('code', { class: 'wrap-anywhere' }, t.path)],
    [say('Size'), exactSize(t.bytes_total)],
    ['sha256', t.files > 1 ? null : [code, ' ', copyButton(t.sha256, say('Copy the digest'), { source: code })]],
    [say('Started'), timeElement(t.created_at)],
    [say('Finished'), t.finished_at ? timeElement(t.finished_at) : null],
    [say('Task ID'), t.task_id ? [el('code', { class: 'wrap-anywhere' }, t.task_id), ' ', copyButton(t.task_id, say('Copy the task ID'))] : null],
  ]));
}

/** A word for a POSIX shell. @param {string} text */
function quoted(text) {
  return /^[A-Za-z0-9._:/~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The path as the shell on the other side knows it: Globus's /~/ is the home directory. @param {string} path */
function shellPath(path) {
  return path.startsWith('/~/') ? `~/${quoted(path.slice(3))}` : quoted(path);
}

/** @typedef {{image: string, sha256: string, size_bytes: number, source_path: string, path: string}} TransferFile */

/** @param {Transfer} t @param {TransferFile[]} files */
function commands(t, files) {
  const source = t.source.slice(0, t.source.indexOf(':'));
  const batch = files.map((f) => `--external-checksum ${f.sha256} ${quoted(f.source_path)} ${quoted(f.path)}`);
  return [
    t.task_id ? codeBlock(say('Follow it with the Globus CLI'), `globus task show ${t.task_id}`) : null,
    codeBlock(say('Check what arrived'), files.length > 1 ? `sha256sum -c <<'END'\n${files.map((f) => `${f.sha256}  ${f.path.replace(/^\/~\//, '')}`).join('\n')}\nEND` : `sha256sum ${shellPath(t.path)}   # ${t.sha256}`),
    codeBlock(say('Send it with the Globus CLI'), files.length > 1 ? `globus transfer ${source} ${t.endpoint.id} --checksum-algorithm sha256 --batch - <<'END'\n${batch.join('\n')}\nEND`
      : `globus transfer ${quoted(t.source)} ${quoted(`${t.endpoint.id}:${t.path}`)} --external-checksum ${t.sha256} --checksum-algorithm sha256`),
  ];
}

/** @param {TransferFile[]} files */
function fileTable(files) {
  if (files.length < 2) return null;
  const table = makeTable({ caption: say('Images'), columns: [
    { name: say('Image'), isHeader: true, class: 'wide', cell: (/** @type {TransferFile} */ f) => el('span', { class: 'mono wrap-anywhere' }, f.image) },
    { name: say('File'), class: 'wide', cell: (/** @type {TransferFile} */ f) => el('code', { class: 'wrap-anywhere' }, f.path) },
    { name: say('Size'), class: 'number', cell: (/** @type {TransferFile} */ f) => size(f.size_bytes) },
    { name: 'sha256', cell: (/** @type {TransferFile} */ f) => [el('code', {}, shortDigest(f.sha256)), ' ', copyButton(f.sha256, say('Copy the digest of {image}', { image: f.image }))] },
  ] });
  table.set(files);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'images' }, el('div', { class: 'card-head' }, el('h2', { id: 'images' }, say('Images')), el('p', { class: 'count' }, sayCount(files.length, '{n} image', '{n} images'))), table.node);
}

/** @param {{image: string, reason: string}[]} items */
function leftOut(items) {
  if (items.length === 0) return null;
  return el('section', { class: 'card', 'aria-labelledby': 'left-out' },
    el('h2', { id: 'left-out' }, sayCount(items.length, 'Left out: {n} image', 'Left out: {n} images')),
    el('ul', {}, items.map(({ image, reason }) => el('li', {}, el('span', { class: 'mono wrap-anywhere' }, image), `: ${reason}`))));
}

/** How fast it went while this page was open; nothing before there are a few moments to show. */
function speedChart() {
  const node = el('div');
  /** @type {number[]} */
  const seen = [];
  return {
    node,
    /** @param {Transfer} t */
    update(t) {
      if (t.state === 'running' && t.bytes_per_second > 0) seen.push(t.bytes_per_second);
      if (seen.length > 120) seen.shift();
      if (seen.length < 3) return;
      const sentence = say('Speed while this page is open: {slowest}/s to {fastest}/s.', { slowest: size(Math.min(...seen)), fastest: size(Math.max(...seen)) });
      fill(node, el('figure', { class: 'card over-time' }, lineChart(sentence, seen), el('figcaption', {}, sentence)));
    },
  };
}

start(async (_who, content) => {
  const address = `/api/transfers/${encodeURIComponent(location.pathname.split('/')[2])}`;
  /** @type {[Transfer, {items: TransferFile[], left_out: {image: string, reason: string}[]}]} */
  const [first, { items: files, left_out }] = await Promise.all([get(address), get(`${address}/files`)]);
  let now = first;
  const rest = el('div', {});
  const speeds = speedChart();
  const view = makeTransferView(now, { heading: 'h1', linked: false, onCancel: (t) => cancelTransfer(t, show) });

  /** @param {Transfer} t */
  function show(t) {
    const isNews = t.state !== now.state || t.task_id !== now.task_id || !rest.hasChildNodes();
    now = t;
    view.update(t);
    speeds.update(t);
    if (t.news) post(`${address}/notice`).catch(() => undefined); /* it stays new, that is all */
    if (isNews) fill(rest, arrival(t), isOpen(t) ? null : sendAgain(t), details(t), fileTable(files), leftOut(left_out), commands(t, files));
  }
  setTitle(say('{uri} to {endpoint}', { uri: now.container.uri, endpoint: now.endpoint.display_name }));
  fill(content, breadcrumb([[say('Transfers'), '/transfers']]), view.node, speeds.node, rest);
  show(now);
  if (!isOpen(now)) return;
  poll(async () => {
    show(await get(address));
    return isOpen(now);
  });
}, { needsUser: true });
