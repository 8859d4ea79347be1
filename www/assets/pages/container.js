/**
 * /containers/{id}: one image: facts, digest, what it says of itself, commands to pull it, download, transfer.
 *
 * For tests: heading like "tacos/avocados:latest", link "Transfer with Globus", link "Download", button "Copy the digest", regions
 * "Pull with sregistry" and "Pull with apptainer" holding the commands; region "Where you sent it" with a table, once it was.
 */

import { get } from '../lib/api.js';
import { visibility } from '../lib/collectionlist.js';
import { imageFacts } from '../lib/imagefacts.js';
import { imageActions, versionsSection } from '../lib/imagemanage.js';
import { codeBlock, copyButton } from '../lib/copy.js';
import { el, fill, safeHref } from '../lib/dom.js';
import { exactSize, timeElement } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { breadcrumb, damagedNotice, exchangeLink, facts } from '../lib/parts.js';
import { say } from '../lib/say.js';
import { setTitle, start } from '../lib/shell.js';
import { makeTable } from '../lib/table.js';
import { stateBadge } from '../lib/transferview.js';

/** @typedef {import('../lib/transferview.js').Transfer} Transfer */

const SENT_SHOWN = 5;

/** @param {any} c */
function fileName(c) {
  return `${c.name}_${c.tag}.sif`;
}

/** @param {string} sha256 */
function digest(sha256) {
  const code = el('code', { class: 'wrap-anywhere' }, sha256);
  return [code, ' ', copyButton(sha256, say('Copy the digest'), { source: code })];
}

/** @param {any} c @param {boolean} globus @param {import('../lib/dom.js').Child} actions */
function head(c, globus, actions) {
  const download = safeHref(c.download_url);
  return el('div', { class: 'page-head' },
    el('div', {},
      breadcrumb([[say('Collections'), '/collections'], [c.collection.name, `/collections/${c.collection.id}`]]),
      el('h1', { class: 'mono wrap-anywhere' }, c.uri)),
    el('p', { class: 'actions' },
      globus && !c.damaged ? exchangeLink(c.id, true) : null,
      download ? el('a', { class: 'button', href: download, download: fileName(c) }, icon('download'), say('Download')) : null,
      actions));
}

/** @param {any} c */
function commands(c) {
  const download = safeHref(c.download_url);
  return el('section', { 'aria-labelledby': 'pull' },
    el('h2', { id: 'pull' }, say('Pull')),
    codeBlock(say('Pull with sregistry'), `SREGISTRY_CLIENT=registry sregistry pull ${c.uri}`,
      { note: c.collection.private ? say('Private: the client signs with the token in ~/.sregistry.') : null }),
    download ? codeBlock(say('Pull with apptainer'), `apptainer pull ${fileName(c)} '${download}'`,
      { note: say('The address is a key to this image and works for a limited time; load this page again for a new one.') }) : null,
    codeBlock(say('Check what arrived'), `echo '${c.sha256}  ${fileName(c)}' | sha256sum --check`));
}

/** The viewer's own transfers of this image. @param {{items: Transfer[], next: string | null}} page */
function sent({ items, next }) {
  if (items.length === 0) return null;
  const table = makeTable({ caption: say('Where you sent it'), columns: [
    { name: say('Endpoint'), isHeader: true, cell: (/** @type {Transfer} */ t) => el('a', { class: 'row-link', href: `/transfers/${t.id}` }, t.endpoint.display_name) },
    { name: say('Path'), class: 'wide', cell: (/** @type {Transfer} */ t) => el('code', { class: 'wrap-anywhere' }, t.path) },
    { name: say('State'), cell: (/** @type {Transfer} */ t) => stateBadge(t) },
    { name: say('When'), cell: (/** @type {Transfer} */ t) => timeElement(t.finished_at ?? t.created_at) },
  ] });
  table.set(items.slice(0, SENT_SHOWN));
  return el('section', { class: 'card card-table', 'aria-labelledby': 'sent' },
    el('div', { class: 'card-head' }, el('h2', { id: 'sent' }, say('Where you sent it')), next || items.length > SENT_SHOWN ? el('a', { href: '/transfers' }, say('All transfers')) : null), table.node);
}

start(async (who, content) => {
  const id = location.pathname.split('/')[2];
  const address = `/api/portal/containers/${encodeURIComponent(id)}`;
  const [{ container: c }, earlier, known, transfers] = await Promise.all([get(address), get(`${address}/versions`), get(`${address}/facts`),
    who.user && who.site.globus_enabled ? get('/api/transfers', { container_id: id }) : { items: [], next: null }]);
  const versions = versionsSection(c, earlier.items);
  const said = imageFacts(c, known.facts);
  setTitle(c.uri);
  fill(content, head(c, who.site.globus_enabled, imageActions(c, who)), damagedNotice(c.damaged),
    versions.notice,
    said.remark,
    el('section', { class: 'card', 'aria-label': say('Facts') }, facts([
      [say('Collection'), [el('a', { href: `/collections/${c.collection.id}` }, c.collection.name), ' ', visibility(c.collection.private)]],
      [say('Tag'), [el('span', { class: 'badge mono' }, c.tag), c.frozen ? [' ', el('span', { class: 'badge badge-info' }, icon('lock'), say('frozen'))] : null]],
      [say('Size'), exactSize(c.size)],
      ['sha256', digest(c.sha256)],
      [say('Version'), c.version && c.version !== c.sha256 ? el('code', { class: 'wrap-anywhere' }, c.version) : null],
      ...said.pairs,
      [say('First push'), timeElement(c.created_at)],
      [say('Last push'), c.updated_at !== c.created_at ? timeElement(c.updated_at) : null],
    ])),
    versions.section,
    c.damaged ? null : commands(c),
    sent(transfers),
    said.sections);
});
