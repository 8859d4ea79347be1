/**
 * Pushing an image from the browser. What arrived is kept while the network is away, and the rest follows by itself (upload.js).
 *
 * For tests: button "Push an image"; dialog of the same name with the file input "Image file", textboxes "Name", "Tag", button "Push"; then the
 * progressbar "Progress of <uri>", button "Stop"; a status "Paused: …" while the registry cannot be reached.
 */

import { forgetMe } from './api.js';
import { openDialog } from './dialog.js';
import { el, fill } from './dom.js';
import { field } from './formdialog.js';
import { icon } from './icons.js';
import { notify } from './notify.js';
import { errorPanel } from './panel.js';
import { progressBar, progressWords } from './progress.js';
import { say, sayWith } from './say.js';
import { sentToLogin } from './shell.js';
import { makeUpload } from './upload.js';

/** @typedef {import('./upload.js').ImageName} ImageName */

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

/** @param {ImageName} n @param {File} file @param {HTMLDialogElement} dialog @param {HTMLElement} place */
async function run(n, file, dialog, place) {
  const uri = `${n.collection}/${n.name}:${n.tag}`;
  const bar = progressBar(say('Progress of {uri}', { uri }));
  const words = el('p', { class: 'transfer-numbers' });
  const said = el('p', { role: 'status' });
  const speed = speedometer();
  let isPaused = false;
  /** @param {number} done */
  const show = (done) => {
    const p = { total: file.size, done, percent: file.size ? Math.floor((100 * done) / file.size) : 100, speed: speed(done) };
    const text = progressWords(p);
    bar.update(isPaused ? 'warn' : 'info', p.percent, text);
    words.textContent = text;
    if (done >= file.size && !isPaused) said.textContent = say('All bytes are sent. The registry writes them to disk and checks them…');
  };
  const upload = makeUpload(n, file, {
    progress: (bytes) => show(Math.min(bytes, file.size)),
    paused(now) {
      if (now === isPaused) return;
      isPaused = now;
      said.textContent = now ? say('Paused: the registry cannot be reached. What has arrived is kept, and the rest follows by itself.') : '';
    },
  });
  const stop = el('button', { class: 'button', type: 'button', on: { click: upload.stop } }, say('Stop'));
  /** @param {Event} event */
  const stay = (event) => event.preventDefault();
  fill(place, el('p', {}, el('strong', { class: 'mono wrap-anywhere' }, uri)), bar.node, words, said, el('p', { class: 'actions actions-end' }, stop));
  show(0);
  stop.focus();
  window.addEventListener('beforeunload', stay);
  dialog.addEventListener('close', upload.stop, { once: true });
  try {
    await upload.run();
  } catch (error) {
    upload.stop();
    throw error;
  } finally {
    dialog.removeEventListener('close', upload.stop);
    window.removeEventListener('beforeunload', stay);
  }
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
