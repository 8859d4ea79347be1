/** What an image says of itself: format, architecture, labels, definition file, objects, signatures. */

import { get } from './api.js';
import { codeBlock } from './copy.js';
import { markedDefinition } from './definition.js';
import { el } from './dom.js';
import { plural, sizeElement, timeElement } from './format.js';
import { icon } from './icons.js';
import { makeTable } from './table.js';

/** @typedef {import('./dom.js').Child} Child */
/** @typedef {{name: string, value: string}} Label */
/** @typedef {{id: number, kind: string, name: string, size: number, file_system?: string, role?: string, architecture?: string, hash?: string, fingerprint?: string}} SifObject */

/** @type {Record<string, string>} */
const FORMATS = {
  sif: 'SIF',
  squashfs: 'squashfs file system, not SIF',
  ext3: 'ext3 file system, not SIF',
  unknown: 'not SIF',
};

/** @param {SifObject} object */
function details(object) {
  if (object.kind === 'signature') return `${object.hash}${object.fingerprint ? `, by ${object.fingerprint}` : ''}`;
  return [object.file_system, object.role, object.architecture].filter(Boolean).join(', ');
}

/** Nobody checked them, so nothing here may look as if somebody had. @param {SifObject[]} objects @returns {Child} */
function signatures(objects) {
  const signed = objects.filter((o) => o.kind === 'signature');
  if (signed.length === 0) return objects.length ? 'none' : null;
  const keys = [...new Set(signed.map((o) => o.fingerprint).filter(Boolean))];
  return [`${plural(signed.length, 'signature')} present, not checked here`,
    keys.map((key) => [el('br'), 'by ', el('code', { class: 'wrap-anywhere' }, String(key))])];
}

/** @param {Label[]} labels */
function labelSection(labels) {
  if (labels.length === 0) return null;
  /** @type {import('./table.js').Column<Label>[]} */
  const columns = [
    { name: 'Label', isHeader: true, cell: (l) => el('code', { class: 'wrap-anywhere' }, l.name) },
    { name: 'Value', cell: (l) => el('span', { class: 'wrap-anywhere' }, l.value) },
  ];
  const table = makeTable({ caption: 'Labels', columns });
  table.add(labels);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'labels' },
    el('div', { class: 'card-head' }, el('h2', { id: 'labels' }, 'Labels')), table.node);
}

/** @param {SifObject[]} objects */
function objectSection(objects) {
  if (objects.length === 0) return null;
  /** @type {import('./table.js').Column<SifObject>[]} */
  const columns = [
    { name: 'Object', isHeader: true, cell: (o) => o.kind },
    { name: 'Details', cell: (o) => el('span', { class: 'wrap-anywhere' }, details(o) || '–') },
    { name: 'Name', cell: (o) => el('span', { class: 'wrap-anywhere' }, o.name || '–') },
    { name: 'Size', class: 'number', cell: (o) => sizeElement(o.size) },
  ];
  const table = makeTable({ caption: 'Contents of the file', columns });
  table.add(objects);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'objects' },
    el('div', { class: 'card-head' }, el('h2', { id: 'objects' }, 'Contents of the file')), table.node);
}

/** @param {any} c @param {string} definition */
function definitionSection(c, definition) {
  return definition ? el('section', { 'aria-labelledby': 'definition' },
    el('h2', { id: 'definition' }, 'Definition file'),
    codeBlock('How it was built', definition, { shown: markedDefinition(definition), note: el('a', { href: `/containers/${c.id}/download/recipe` }, 'As plain text') })) : null;
}

/**
 * @param {any} c  the container
 * @returns {Promise<{pairs: [string, Child][], remark: Child, sections: Child}>}  pairs for the list of facts
 */
export async function imageFacts(c) {
  const { facts } = await get(`/api/portal/containers/${c.id}/facts`);
  if (!facts) return { pairs: [['Format', 'being read']], remark: null, sections: null };
  return {
    pairs: [
      ['Format', FORMATS[facts.format] ?? facts.format],
      ['Architecture', facts.architecture],
      ['Built', facts.built_at ? timeElement(facts.built_at) : null],
      ['Signatures', signatures(facts.objects)],
    ],
    remark: facts.remark ? el('p', { class: 'notice notice-warn', role: 'status' }, icon('alert'),
      el('span', {}, `This file begins as a SIF image, but ${facts.remark}.`)) : null,
    sections: [labelSection(facts.labels), definitionSection(c, facts.definition), objectSection(facts.objects)],
  };
}
