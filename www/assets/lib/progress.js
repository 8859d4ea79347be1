/** A bar with its words, for whatever moves bytes. */

import { el } from './dom.js';
import { duration, size } from './format.js';
import { say } from './say.js';

/**
 * "12.0 MiB of 62.3 MiB, 19 %, 4.1 MiB/s, about 12 s left".
 *
 * @param {{total: number, done: number, percent: number, speed: number}} p  bytes, bytes, 0 to 100, bytes a second (0: not known)
 */
export function progressWords(p) {
  const left = p.total - p.done;
  return [
    say('{done} of {total}', { done: size(Math.min(p.done, p.total)), total: size(p.total) }), `${p.percent} %`,
    p.speed > 0 ? `${size(p.speed)}/s` : '',
    p.speed > 0 && left > 0 ? say('about {time} left', { time: duration(left / p.speed) }) : '',
  ].filter(Boolean).join(', ');
}

/** @param {string} name */
export function progressBar(name) {
  const inner = el('div', { class: 'bar-inner' });
  const bar = el('div', { class: 'bar', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-label': name }, inner);
  return {
    node: bar,
    /** @param {string} kind  ok, info, warn, bad, quiet @param {number} percent @param {string} words */
    update(kind, percent, words) {
      bar.className = `bar bar-${kind}`;
      bar.setAttribute('aria-valuenow', String(percent));
      bar.setAttribute('aria-valuetext', words);
      inner.style.width = `${percent}%`;
    },
  };
}
