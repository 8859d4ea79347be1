/** Sizes, times and counts as people read them. Sizes are powers of 1024 and say so (MiB, GiB); times say how long ago, and exactly on hover. */

import { el } from './dom.js';
import { say, sayCount } from './say.js';
import { language } from './sentences.js';

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** "62.3 MiB". @param {number} bytes */
export function size(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? sayCount(bytes, '{n} byte', '{n} bytes') : `${value.toFixed(value < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

/** "100 KiB (102,580 bytes)". @param {number} bytes */
export function exactSize(bytes) {
  const exact = sayCount(bytes, '{n} byte', '{n} bytes');
  return bytes < 1024 ? exact : `${size(bytes)} (${exact})`;
}

/** The size, with the exact number of bytes on hover. @param {number} bytes */
export function sizeElement(bytes) {
  return el('span', { class: 'number', title: sayCount(bytes, '{n} byte', '{n} bytes') }, size(bytes));
}

const day = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
const moment = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
});

const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const DAY_S = 86400;

/** "5 minutes ago"; what is a week away or more has its date. @param {Date} date */
function timeText(date) {
  const s = Math.round((date.getTime() - Date.now()) / 1000);
  const distance = Math.abs(s);
  if (distance < 60) return s > 0 ? say('in a moment') : say('just now');
  if (distance < 3600) return relative.format(Math.trunc(s / 60), 'minute');
  if (distance < DAY_S) return relative.format(Math.trunc(s / 3600), 'hour');
  return distance < 7 * DAY_S ? relative.format(Math.trunc(s / DAY_S), 'day') : day.format(date);
}

/** How long ago, or the date; the exact moment in the reader's own zone on hover. @param {string | null | undefined} iso */
export function timeElement(iso) {
  const date = new Date(iso ?? '');
  if (Number.isNaN(date.getTime())) return el('span', { class: 'muted' }, '–');
  return el('time', { datetime: iso, title: `${moment.format(date)} (${iso})` }, timeText(date));
}

/* A page that stays open must not say "just now" for ever. */
setInterval(() => {
  for (const node of document.querySelectorAll('time[datetime]')) {
    const text = timeText(new Date(node.getAttribute('datetime') ?? ''));
    if (node.textContent !== text) node.textContent = text;
  }
}, 30_000);

/** Seconds as "40 s", "3 min", "2 h 5 min". @param {number} seconds */
export function duration(seconds) {
  const s = Math.max(1, Math.round(seconds));
  if (s < 60) return say('{s} s', { s });
  if (s < 3600) return say('{min} min', { min: Math.round(s / 60) });
  return say('{h} h {min} min', { h: Math.floor(s / 3600), min: Math.round((s % 3600) / 60) });
}

/** The last part of a digest is noise to people: the first twelve digits tell images apart. @param {string} sha256 */
export function shortDigest(sha256) {
  return `sha256:${sha256.replace(/^sha256[:.]/, '').slice(0, 12)}…`;
}
