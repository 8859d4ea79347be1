/**
 * What owners and admins do with one image, and what its tag held before.
 *
 * For tests: buttons "Freeze" or "Unfreeze", "Add a tag", "Share", "Delete"; section "Earlier versions" with a table; status "This tag
 * moved on …". The share dialog: textbox "Days", button "Make a link", the region "Share link", the list "Valid links" (buttons "Revoke").
 */

import { change, get, post } from './api.js';
import { confirmDialog, openDialog } from './dialog.js';
import { codeBlock } from './copy.js';
import { el, fill, safeHref } from './dom.js';
import { explain } from './errors.js';
import { field, openForm } from './formdialog.js';
import { shortDigest, sizeElement, timeElement } from './format.js';
import { icon } from './icons.js';
import { notify } from './notify.js';
import { errorPanel } from './panel.js';
import { say, sayCount, sayWith } from './say.js';
import { sentToLogin } from './shell.js';
import { makeTable } from './table.js';

/** @typedef {{sha256: string, version: string, size: number, pushed_at: string, moved_at: string, download_url: string}} Version */
/** @typedef {{id: number, sha256: string, created_by: string, created_at: string, expires_at: string, url?: string}} Share */

/** @param {any} c */
function address(c, rest = '') {
  return `/api/portal/containers/${c.id}${rest}`;
}

/** @param {any} c */
function isManager(c) {
  return c.role === 'owner' || c.role === 'admin';
}

/** @param {() => Promise<void>} work */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (sentToLogin(error)) return;
    const text = explain(error);
    notify({ kind: 'bad', text: `${text.title}. ${text.detail || text.advice}` });
  }
}

/** @param {any} c */
function freeze(c) {
  attempt(async () => {
    await change('PUT', address(c, '/frozen'), { frozen: !c.frozen });
    notify({ kind: 'ok', text: c.frozen ? say('{uri} may be overwritten and deleted again.', { uri: c.uri }) : say('{uri} is frozen: nobody can overwrite or delete it.', { uri: c.uri }), kept: true });
    location.reload();
  });
}

/** @param {any} c */
function addTag(c) {
  const tag = field(say('Tag'), { required: true, maxlength: 128 });
  const move = el('input', { type: 'radio', id: 'move-tag', name: 'move' });
  const keep = el('input', { type: 'radio', id: 'keep-tag', name: 'move', checked: true });
  openForm({
    title: say('Add a tag'), yes: say('Add tag'),
    body: [tag.node, el('fieldset', { class: 'field choice' }, el('legend', {}, say('If the tag exists')),
      el('p', {}, keep, ' ', el('label', { for: 'keep-tag' }, say('Leave it alone'))),
      el('p', {}, move, ' ', el('label', { for: 'move-tag' }, say('Move it to this image'))))],
    async submit() {
      const { container } = await post(address(c, '/tags'), { tag: tag.input.value.trim(), move: move.checked });
      location.assign(`/containers/${container.id}`);
    },
  });
}

/** @param {any} c */
async function remove(c) {
  const sure = await confirmDialog({
    title: say('Delete this image?'), yes: say('Delete image'), no: say('Keep it'),
    text: say('{uri}, its earlier versions and share links are gone at once. Other tags stay.', { uri: c.uri }),
  });
  if (!sure) return;
  await attempt(async () => {
    await change('DELETE', address(c));
    notify({ kind: 'ok', text: say('{uri} is deleted.', { uri: c.uri }), kept: true });
    location.assign(`/collections/${c.collection.id}`);
  });
}

/** @param {any} c @param {number} most  days */
function share(c, most) {
  const place = el('div');
  const list = el('ul', { class: 'members', 'aria-label': say('Valid links') });
  const days = field(say('Days'), { type: 'number', min: 1, max: most, value: Math.min(7, most), required: true },
    say('1 to {most}. Whoever has the link can download this image without signing in.', { most }));

  async function draw() {
    const { items } = await get(address(c, '/shares'));
    fill(list, items.map((/** @type {Share} */ s) => el('li', {}, sayWith('Made by {user}, until {when}', { user: s.created_by, when: timeElement(s.expires_at) }), ' ',
      el('button', { class: 'button button-small', type: 'button', 'aria-label': say('Revoke link {id}', { id: s.id }), on: { click: () => revoke(s) } }, say('Revoke')))));
  }
  /** @param {() => Promise<void>} work */
  async function inPlace(work) {
    try {
      await work();
    } catch (error) {
      if (!sentToLogin(error)) fill(place, errorPanel(error));
    }
  }
  /** @param {Share} s */
  function revoke(s) {
    inPlace(async () => {
      await change('DELETE', address(c, `/shares/${s.id}`));
      fill(place);
      await draw();
    });
  }
  /** @param {SubmitEvent} event */
  function make(event) {
    event.preventDefault();
    inPlace(async () => {
      const made = (await post(address(c, '/shares'), { days: Number(days.input.value) })).share;
      fill(place, codeBlock(say('Share link'), made.url, { note: say('Shown this once. It means the image as it is now, also when the tag moves.') }));
      await draw();
    });
  }
  openDialog(say('Share this image'), [el('form', { on: { submit: make } }, days.node,
    el('button', { class: 'button button-primary', type: 'submit' }, say('Make a link'))),
  el('div', { class: 'part', role: 'status' }, place), list]);
  inPlace(draw);
}

/** @param {any} c @param {import('./api.js').Me} who */
export function imageActions(c, who) {
  if (!isManager(c)) return null;
  /** @param {string} text @param {() => void} click @param {string} [kind] */
  const button = (text, click, kind = '') => el('button', { class: `button ${kind}`, type: 'button', on: { click } }, text);
  return [button(c.frozen ? say('Unfreeze') : say('Freeze'), () => freeze(c)), button(say('Add a tag'), () => addTag(c)),
    who.site.share_link_days > 0 ? button(say('Share'), () => share(c, who.site.share_link_days)) : null,
    c.frozen ? null : button(say('Delete'), () => remove(c), 'button-bad')];
}

/** @param {any} c @param {Version} v */
async function forget(c, v) {
  const sure = await confirmDialog({
    title: say('Forget this version?'), yes: say('Forget it'), no: say('Keep it'), text: say('{digest} cannot be pulled from {uri} any more. The tag itself stays.', { digest: shortDigest(v.sha256), uri: c.uri }),
  });
  if (!sure) return;
  await attempt(async () => {
    await change('DELETE', address(c, `/versions/${v.version}`));
    location.reload();
  });
}

/** What the tag held before: a line above, a table below. @param {any} c @param {Version[]} items */
export function versionsSection(c, items) {
  if (items.length === 0) return { notice: null, section: null };
  /** @type {import('./table.js').Column<Version>[]} */
  const columns = [
    { name: say('Digest'), isHeader: true, cell: (v) => el('code', { title: v.sha256 }, shortDigest(v.sha256)) },
    { name: say('Pushed'), cell: (v) => timeElement(v.pushed_at) },
    { name: say('Moved on'), cell: (v) => timeElement(v.moved_at) },
    { name: say('Size'), class: 'number', cell: (v) => sizeElement(v.size) },
    {
      name: say('Actions'), quietName: true, class: 'action', cell: (v) => el('span', { class: 'actions' },
        safeHref(v.download_url) ? el('a', { class: 'button button-small', href: safeHref(v.download_url), 'aria-label': say('Download {digest}', { digest: shortDigest(v.sha256) }) }, say('Download')) : null,
        isManager(c) ? el('button', { class: 'button button-small', type: 'button', 'aria-label': say('Forget {digest}', { digest: shortDigest(v.sha256) }), on: { click: () => forget(c, v) } }, say('Forget')) : null),
    },
  ];
  const table = makeTable({ caption: say('Earlier versions'), columns });
  table.add(items);
  return {
    notice: el('p', { class: 'notice', role: 'status' }, icon('alert'), el('span', {}, sayWith('This tag moved on {when}.', { when: timeElement(items[0].moved_at) }), ' ',
      el('a', { href: '#versions' }, sayCount(items.length, '{n} earlier version can still be pulled.', '{n} earlier versions can still be pulled.')))),
    section: el('section', { class: 'card card-table', 'aria-labelledby': 'versions' },
      el('div', { class: 'card-head' }, el('h2', { id: 'versions' }, say('Earlier versions'))), table.node,
      el('div', { class: 'inset' }, codeBlock(say('Pull an earlier version'), `SREGISTRY_CLIENT=registry sregistry pull ${c.collection.name}/${c.name}:${items[0].version}`))),
  };
}
