/**
 * Pushing an image from the browser: the two steps of the sregistry client, with the session in place of a signature. The registry takes an
 * image whole or not at all, so a connection that is lost begins again from the start, by itself when the network is back.
 *
 * For tests: button "Push an image"; dialog of the same name with the file input "Image file", textboxes "Name", "Tag", button "Push"; then the
 * progressbar "Progress of <uri>", button "Stop"; a status "Waiting for the network…" while it is away.
 */

import { forgetMe, me, post } from './api.js';
import { openDialog } from './dialog.js';
import { el, fill } from './dom.js';
import { ApiError } from './errors.js';
import { field } from './formdialog.js';
import { icon } from './icons.js';
import { notify } from './notify.js';
import { errorPanel } from './panel.js';
import { progressBar, progressWords } from './progress.js';
import { say, sayWith } from './say.js';
import { sentToLogin } from './shell.js';

/** @typedef {{collection: string, name: string, tag: string}} ImageName */

const SPEED_OVER_MS = 5000;

/** A name that the registry takes, made of a file's. @param {string} file */
export function nameOfFile(file) {
  return file.toLowerCase().replace(/\.(sif|simg|img|sqsh|squashfs)$/, '').replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'image';
}

/** Bytes a second over the last moments: what one packet does says nothing. */
function speedometer() {
  /** @type {[number, number][]} */
  const seen = [];
  return (/** @type {number} */ bytes) => {
    const now = performance.now();
    seen.push([now, bytes]);
    while (seen.length > 2 && now - seen[0][0] > SPEED_OVER_MS) seen.shift();
    const ms = now - seen[0][0];
    return ms > 500 ? (1000 * (bytes - seen[0][1])) / ms : 0;
  };
}

/** @param {XMLHttpRequest} request */
function refusal(request) {
  if (request.status === 0) return new ApiError(0, { code: 'offline' });
  try {
    return new ApiError(request.status, JSON.parse(request.responseText));
  } catch {
    return new ApiError(request.status, {});
  }
}

/**
 * Step 2. fetch() does not tell how much it has sent; XMLHttpRequest does.
 *
 * @param {ImageName} n @param {File} file @param {string} ticket
 * @param {(request: XMLHttpRequest) => void} began @param {(bytes: number) => void} sent
 * @returns {Promise<void>}
 */
async function send(n, file, ticket, began, sent) {
  const csrf = (await me()).csrf_token ?? '';
  const form = new FormData();
  for (const [name, value] of [['collection', ticket], ['name', n.name], ['tag', n.tag]]) form.append(name, value);
  form.append('file1', file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', (event) => sent(Math.min(event.loaded, file.size)));
    request.addEventListener('load', () => (request.status === 200 ? resolve() : reject(refusal(request))));
    request.addEventListener('error', () => reject(refusal(request)));
    request.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
    request.open('POST', '/upload');
    request.setRequestHeader('X-CSRF-Token', csrf);
    request.setRequestHeader('X-Upload-Ticket', ticket);
    request.setRequestHeader('Accept', 'application/json');
    request.send(form);
    began(request);
  });
}

/** @param {ImageName} n @param {File} file @param {HTMLDialogElement} dialog @param {HTMLElement} place */
async function run(n, file, dialog, place) {
  const uri = `${n.collection}/${n.name}:${n.tag}`;
  const bar = progressBar(say('Progress of {uri}', { uri }));
  const words = el('p', { class: 'transfer-numbers' });
  const said = el('p', { role: 'status' });
  const stop = el('button', { class: 'button', type: 'button', on: { click: () => request?.abort() } }, say('Stop'));
  /** @type {XMLHttpRequest | null} */
  let request = null;
  const speed = speedometer();
  /** @param {number} done */
  const show = (done) => {
    const p = { total: file.size, done, percent: file.size ? Math.floor((100 * done) / file.size) : 100, speed: speed(done) };
    const text = progressWords(p);
    bar.update('info', p.percent, text);
    words.textContent = text;
    if (done >= file.size) said.textContent = 'All bytes are sent. The registry writes them to disk and checks them…';
  };
  /** @param {Event} event */
  const stay = (event) => event.preventDefault();
  fill(place, el('p', {}, el('strong', { class: 'mono wrap-anywhere' }, uri)), bar.node, words, said, el('p', { class: 'actions actions-end' }, stop));
  show(0);
  stop.focus();
  window.addEventListener('beforeunload', stay);
  dialog.addEventListener('close', () => request?.abort());
  try {
    const { cid } = await post('/api/upload/chunked_upload', n);
    await send(n, file, cid, (r) => { request = r; }, show);
  } finally {
    window.removeEventListener('beforeunload', stay);
  }
}

/** Until the network is back, or the dialog is closed (false). @param {HTMLDialogElement} dialog @returns {Promise<boolean>} */
function network(dialog) {
  return new Promise((resolve) => {
    window.addEventListener('online', () => resolve(true), { once: true });
    dialog.addEventListener('close', () => resolve(false), { once: true });
  });
}

/** @param {ImageName} n @param {File} file @param {HTMLDialogElement} dialog @param {HTMLElement} place @param {() => void} again */
async function push(n, file, dialog, place, again) {
  try {
    await run(n, file, dialog, place);
    dialog.close();
    notify({ kind: 'ok', text: say('{collection}/{name}:{tag} is pushed.', { collection: n.collection, name: n.name, tag: n.tag }), kept: true });
    location.reload();
  } catch (error) {
    if (error instanceof DOMException || !dialog.open) {
      dialog.close();
      notify({ kind: 'info', text: say('The push of {collection}/{name}:{tag} was stopped. The registry kept nothing of it.', { collection: n.collection, name: n.name, tag: n.tag }) });
    } else if (error instanceof ApiError && error.code === 'offline' && !navigator.onLine) {
      fill(place, el('p', { role: 'status' }, say('Waiting for the network… The push begins again by itself when it is back.')));
      if (await network(dialog)) await push(n, file, dialog, place, again);
    } else if (!sentToLogin(error)) {
      forgetMe(); /* the session may have changed in another tab */
      fill(place, errorPanel(error, { retry: () => push(n, file, dialog, place, again) }), el('p', { class: 'hint' }, say('The registry kept nothing of this push; what the tag showed before is as it was.')),
        el('p', { class: 'actions actions-end' }, el('button', { class: 'button', type: 'button', on: { click: again } }, say('Back'))));
    }
  }
}

/** @param {string} collection */
function open(collection) {
  const file = field(say('Image file'), { type: 'file', required: true }, say('A SIF file, as apptainer build or singularity build makes it.'));
  const name = field(say('Name'), { required: true, maxlength: 250 });
  const tag = field(say('Tag'), { required: true, maxlength: 128, value: 'latest' }, say('A tag that is there already shows the new image afterwards.'));
  const place = el('div');
  const form = el('form', { on: { submit } }, file.node, name.node, tag.node,
    el('p', { class: 'hint' }, sayWith('Large images go better from the command line: {command}.', { command: el('code', {}, `sregistry push --name ${collection}/NAME:TAG FILE`) })),
    el('p', { class: 'actions actions-end' },
      el('button', { class: 'button', type: 'button', on: { click: () => dialog.close() } }, say('Cancel')), el('button', { class: 'button button-primary', type: 'submit' }, say('Push'))));
  file.input.addEventListener('change', () => {
    if (!name.input.value && file.input.files?.[0]) name.input.value = nameOfFile(file.input.files[0].name);
  });
  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const chosen = file.input.files?.[0];
    if (chosen) push({ collection, name: name.input.value.trim(), tag: tag.input.value.trim() }, chosen, dialog, place, () => fill(place, form));
  }
  fill(place, form);
  const dialog = openDialog(say('Push an image'), [place]);
  file.input.focus();
}

/** Nothing for who may not push. @param {{name: string, role: string}} collection */
export function pushButton(collection) {
  if (collection.role !== 'owner' && collection.role !== 'admin') return null;
  return el('button', { class: 'button', type: 'button', on: { click: () => open(collection.name) } }, icon('up'), say('Push an image'));
}
