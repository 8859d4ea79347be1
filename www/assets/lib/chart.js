/**
 * Drawings beside numbers: for people who would rather look than read. Each has one sentence that says the same to who does not see it, and
 * the numbers stand on the page too.
 */

import { el, svg } from './dom.js';

/** @param {string} sentence @param {number} width @param {number} height @param {Node[]} parts @param {string} [className] */
function drawing(sentence, width, height, parts, className = '') {
  return svg('svg', { class: `chart ${className}`, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': sentence, preserveAspectRatio: 'none' }, ...parts);
}

/**
 * One bar for each moment, all of one width.
 *
 * @param {string} sentence
 * @param {{value: number, bad?: number, title: string}[]} bars  bad: a part of another colour on top
 */
export function barChart(sentence, bars) {
  const most = Math.max(1, ...bars.map((b) => b.value + (b.bad ?? 0)));
  const HEIGHT = 100;
  return drawing(sentence, bars.length * 10, HEIGHT, bars.map((b, i) => {
    const good = (HEIGHT * b.value) / most;
    const bad = (HEIGHT * (b.bad ?? 0)) / most;
    return svg('g', {}, svg('title', {}, b.title), svg('rect', { class: 'chart-back', x: i * 10, y: 0, width: 10, height: HEIGHT }),
      svg('rect', { class: 'chart-good', x: i * 10 + 1, y: HEIGHT - good, width: 8, height: good }),
      svg('rect', { class: 'chart-bad', x: i * 10 + 1, y: HEIGHT - good - bad, width: 8, height: bad }));
  }), 'chart-bars');
}

/** A line over time. @param {string} sentence @param {number[]} values */
export function lineChart(sentence, values) {
  const most = Math.max(1, ...values);
  const step = 100 / Math.max(1, values.length - 1);
  const points = values.map((v, i) => `${(i * step).toFixed(2)},${(38 - (36 * v) / most).toFixed(2)}`);
  return drawing(sentence, 100, 40, [
    svg('polygon', { class: 'chart-under', points: `0,40 ${points.join(' ')} 100,40` }),
    svg('polyline', { class: 'chart-line', points: points.join(' '), 'vector-effect': 'non-scaling-stroke' }),
  ], 'chart-lines');
}

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** The worst ratio of sides in a row of these areas along a side of that length. @param {number[]} areas @param {number} side */
function worst(areas, side) {
  const sum = areas.reduce((a, b) => a + b, 0);
  return Math.max((side * side * Math.max(...areas)) / (sum * sum), (sum * sum) / (side * side * Math.min(...areas)));
}

/**
 * Squarified treemap (Bruls, Huizing, van Wijk 2000): areas as given, sides as alike as they can be.
 *
 * @param {number[]} values  greatest first, each greater than 0 @param {number} width @param {number} height @returns {Box[]}
 */
export function squarify(values, width, height) {
  const scale = (width * height) / values.reduce((a, b) => a + b, 0);
  const areas = values.map((v) => v * scale);
  /** @type {Box[]} */
  const boxes = [];
  let free = { x: 0, y: 0, width, height };
  for (let begin = 0; begin < areas.length;) {
    const side = Math.min(free.width, free.height);
    let end = begin + 1;
    while (end < areas.length && worst(areas.slice(begin, end + 1), side) <= worst(areas.slice(begin, end), side)) end += 1;
    const row = areas.slice(begin, end);
    const thick = row.reduce((a, b) => a + b, 0) / side;
    let at = 0;
    for (const area of row) {
      const long = area / thick;
      boxes.push(free.width >= free.height ? { x: free.x, y: free.y + at, width: thick, height: long } : { x: free.x + at, y: free.y, width: long, height: thick });
      at += long;
    }
    free = free.width >= free.height ? { ...free, x: free.x + thick, width: free.width - thick } : { ...free, y: free.y + thick, height: free.height - thick };
    begin = end;
  }
  return boxes;
}

/**
 * What takes how much of a whole. Each part is a link; its name shows where it has room, and always on hover and to the keyboard.
 *
 * @param {string} name @param {{name: string, value: number, text: string, href: string}[]} items  greatest first
 */
export function treemap(name, items) {
  const WIDTH = 100;
  const HEIGHT = 32;
  const shown = items.filter((item) => item.value > 0);
  const boxes = squarify(shown.map((item) => item.value), WIDTH, HEIGHT);
  return el('ul', { class: 'treemap', 'aria-label': name }, shown.map((item, i) => {
    const link = el('a', { href: item.href, title: `${item.name}: ${item.text}` }, el('span', { class: 'treemap-name' }, item.name), ' ', el('span', { class: 'treemap-text' }, item.text));
    const part = el('li', {}, link);
    const { x, y, width, height } = boxes[i];
    part.style.left = `${x}%`;
    part.style.width = `${width}%`;
    part.style.top = `${(100 * y) / HEIGHT}%`;
    part.style.height = `${(100 * height) / HEIGHT}%`;
    return part;
  }));
}
