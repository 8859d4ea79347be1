/** What an image says of itself: format, architecture, labels, definition file, objects, signatures. */

import { codeBlock } from './copy.js';
import { markedDefinition } from './definition.js';
import { el } from './dom.js';
import { sizeElement, timeElement } from './format.js';
import { icon } from './icons.js';
import { say, sayCount, sayWith } from './say.js';
import { makeTable } from './table.js';

/** @typedef {import('./dom.js').Child} Child */
/** @typedef {{name: string, value: string}} Label */
/** @typedef {{id: number, kind: string, name: string, size: number, file_system?: string, role?: string, architecture?: string, hash?: string, fingerprint?: string}} SifObject */

/** @type {Record<string, string>} */
const FORMATS = {
  sif: 'SIF',
  squashfs: say('squashfs file system, not SIF'),
  ext3: say('ext3 file system, not SIF'),
  unknown: say('not SIF'),
};

/** @param {SifObject} object */
function details(object) {
  if (object.kind === 'signature') return object.fingerprint ? say('{hash}, by {fingerprint}', { hash: object.hash ?? '', fingerprint: object.fingerprint }) : object.hash;
  return [object.file_system, object.role, object.architecture].filter(Boolean).join(', ');
}

/** Nobody checked them, so nothing here may look as if somebody had. @param {SifObject[]} objects @returns {Child} */
function signatures(objects) {
  const signed = objects.filter((o) => o.kind === 'signature');
  if (signed.length === 0) return objects.length ? say('none') : null;
  const keys = [...new Set(signed.map((o) => o.fingerprint).filter(Boolean))];
  return [sayCount(signed.length, '{n} signature present, not checked here', '{n} signatures present, not checked here'),
    keys.map((key) => [el('br'), sayWith('by {key}', { key: el('code', { class: 'wrap-anywhere' }, String(key)) })])];
}

/** @param {Label[]} labels */
function labelSection(labels) {
  if (labels.length === 0) return null;
  /** @type {import('./table.js').Column<Label>[]} */
  const columns = [
    { name: say('Label'), isHeader: true, cell: (l) => el('code', { class: 'wrap-anywhere' }, l.name) },
    { name: say('Value'), cell: (l) => el('span', { class: 'wrap-anywhere' }, l.value) },
  ];
  const table = makeTable({ caption: say('Labels'), columns });
  table.add(labels);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'labels' },
    el('div', { class: 'card-head' }, el('h2', { id: 'labels' }, say('Labels'))), table.node);
}

/** @param {SifObject[]} objects */
function objectSection(objects) {
  if (objects.length === 0) return null;
  /** @type {import('./table.js').Column<SifObject>[]} */
  const columns = [
    { name: say('Object'), isHeader: true, cell: (o) => o.kind },
    { name: say('Details'), cell: (o) => el('span', { class: 'wrap-anywhere' }, details(o) || '–') },
    { name: say('Name'), cell: (o) => el('span', { class: 'wrap-anywhere' }, o.name || '–') },
    { name: say('Size'), class: 'number', cell: (o) => sizeElement(o.size) },
  ];
  const table = makeTable({ caption: say('Contents of the file'), columns });
  table.add(objects);
  return el('section', { class: 'card card-table', 'aria-labelledby': 'objects' },
    el('div', { class: 'card-head' }, el('h2', { id: 'objects' }, say('Contents of the file'))), table.node);
}

/** @param {any} c @param {string} definition */
function definitionSection(c, definition) {
  return definition ? el('section', { 'aria-labelledby': 'definition' },
    el('h2', { id: 'definition' }, say('Definition file')),
    codeBlock(say('How it was built'), definition, { shown: markedDefinition(definition), note: el('a', { href: `/containers/${c.id}/download/recipe` }, say('As plain text')) })) : null;
}

/**
 * @param {any} c      the container
 * @param {any} facts  null: not read yet
 * @returns {{pairs: [string, Child][], remark: Child, sections: Child}}  pairs for the list of facts
 */
export function imageFacts(c, facts) {
  if (!facts) return { pairs: [[say('Format'), say('being read')]], remark: null, sections: null };
  return {
    pairs: [
      [say('Format'), FORMATS[facts.format] ?? facts.format],
      [say('Architecture'), facts.architecture],
      [say('Built'), facts.built_at ? timeElement(facts.built_at) : null],
      [say('Signatures'), signatures(facts.objects)],
    ],
    remark: facts.remark ? el('p', { class: 'notice notice-warn', role: 'status' }, icon('alert'),
      el('span', {}, say('This file begins as a SIF image, but {remark}.', { remark: facts.remark }))) : null,
    sections: [labelSection(facts.labels), definitionSection(c, facts.definition), objectSection(facts.objects)],
  };
}
