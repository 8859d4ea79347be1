/** Icons of Lucide (iconshapes.js). All are decoration: the element around them carries the name. */

import { svg } from './dom.js';
import { shapes } from './iconshapes.js';

/**
 * @param {import('./iconshapes.js').IconName} name  one of www/icons.json
 * @returns {SVGElement}
 */
export function icon(name) {
  return svg('svg', { class: `icon icon-${name}`, viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' },
    shapes[name].map(([tag, attributes]) => svg(tag, attributes)));
}
