/** Icons, drawn here so that no page fetches them from anywhere. All are decoration: the element around them carries the name. */

import { svg } from './dom.js';

/** Strokes on a 24 × 24 grid. @type {Record<string, string>} */
const strokes = {
  exchange: 'M4 8h15m0 0-4-4m4 4-4 4M20 16H5m0 0 4-4m-4 4 4 4',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  tick: 'm5 12.5 4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6 6 18',
  down: 'm6 9.5 6 6 6-6',
  right: 'm9 6 6 6-6 6',
  up: 'M12 20V5m0 0-6 6m6-6 6 6',
  folder: 'M3 6.5h6l2 2.5h10v10H3z',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c-6 6-6 12 0 18 6-6 6-12 0-18',
  cloud: 'M7 19a4.5 4.5 0 0 1-.5-8.95 6 6 0 0 1 11.7 1.5A3.8 3.8 0 0 1 17.5 19z',
  download: 'M12 4v11m0 0-5-5m5 5 5-5M4 20h16',
  alert: 'M12 4 2.5 20h19zM12 10v4.5M12 17v.5',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8m3 1.5L20 4m-4 4 3 3',
  star: 'm12 3.5 2.6 5.4 5.9.8-4.3 4.1 1.1 5.9-5.3-2.9-5.3 2.9 1.1-5.9L3.5 9.7l5.9-.8z',
  plus: 'M12 5v14M5 12h14',
  question: 'M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2.2M12 17v.5',
  box: 'M3 8h18v9H3zM7 11v3m5-3v3m5-3v3',
};

/**
 * @param {string} name  one of the table above
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  return /** @type {SVGSVGElement} */ (svg('svg', { class: `icon icon-${name}`, viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' }, svg('path', { d: strokes[name] })));
}
