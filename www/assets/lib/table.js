/**
 * Tables that become cards on narrow screens. The roles are written out because a table that is laid out as blocks loses them in some
 * browsers; each cell carries its column's name for the card.
 */

import { el, hidden } from './dom.js';

/** @typedef {import('./dom.js').Child} Child */
/**
 * @template Row
 * @typedef {Object} Column
 * @property {string} name
 * @property {(row: Row) => Child} cell
 * @property {boolean} [isHeader]     names the row
 * @property {boolean} [quietName]    the name is for screen readers only
 * @property {string} [class]
 */

/**
 * @template Row
 * @param {{caption: string, columns: Column<Row>[], label?: (row: Row) => string}} shape
 */
export function makeTable(shape) {
  const body = el('tbody', { role: 'rowgroup' });
  const head = shape.columns.map((c) => el('th', { role: 'columnheader', scope: 'col', class: c.class ?? '' }, c.quietName ? hidden(c.name) : c.name));
  const table = el('table', { role: 'table', class: 'table' },
    el('caption', { class: 'visually-hidden' }, shape.caption),
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, head)), body);

  /** @param {Row} row */
  function line(row) {
    return el('tr', { role: 'row' }, shape.columns.map((c) => {
      /** @type {{class: string, data: Record<string, string>}} */
      const attributes = { class: `cell ${c.class ?? ''}`, data: c.quietName || c.isHeader ? {} : { label: c.name } };
      return c.isHeader
        ? el('th', { role: 'rowheader', scope: 'row', ...attributes }, c.cell(row))
        : el('td', { role: 'cell', ...attributes }, c.cell(row));
    }));
  }
  return {
    node: table,
    /** @param {Row[]} rows */
    add(rows) { body.append(...rows.map(line)); },
    /** @param {Row[]} rows */
    set(rows) { body.replaceChildren(...rows.map(line)); },
  };
}
