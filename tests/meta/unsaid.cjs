/*
 * Texts of the portal's modules that look like words for people and are not in say(): `node unsaid.cjs TYPESCRIPT FILE…` prints each with
 * its place. A text looks like one when it has a space or begins with a capital, or stands as a child of an element; what is none is
 * known by where it stands (an attribute that is not read out, a comparison, an error for programmers) or is named below.
 */
'use strict';

const fs = require('node:fs');

const ts = require(process.argv[2]);

/* Names, units, commands, keys, headers: the same in every language. */
const NO_WORDS = [
  /^(GET|POST|PUT|PATCH|DELETE)$/, /^(Accept|Content-Type|Retry-After|X-[\w-]+)$/, /^(Escape|Enter|Tab|Home|End|Arrow\w+)$/,
  /^(AbortError|ApiError|SCRIPT|use strict|HTTP …)$/, /^(Edge|Opera|Firefox|Chrome|Safari|Android|Windows|ChromeOS|Linux|iOS|macOS)$/,
  /^[KMGTP]iB$/, /^(SIF|Globus|Globus Connect Personal|API|ID|Transload)$/, /^(SREGISTRY_CLIENT|sregistry|globus|apptainer|transload|sha256sum|echo) ?/,
  /^[\W\d_]*$/, /^ · Transload$/, /^--/, /^Mac OS X$/, /^~\/\.sregistry$/, /^sha256$/, /^SREGISTRY/, /^uri$/,
];
const QUIET_ATTRIBUTES = new Set(['class', 'type', 'href', 'id', 'for', 'd', 'viewBox', 'role', 'method', 'action', 'style', 'icon', 'kind', 'rel', 'autocomplete', 'pattern', 'code', 'value', 'transform', 'on']);
const QUIET_CALLS = /^(byId|slot|icon|querySelector|querySelectorAll|matches|closest|addEventListener|removeEventListener|dispatchEvent|setAttribute|removeAttribute|setRequestHeader|Error|DOMException|require|RegExp|startsWith|endsWith|includes|test|split|join|getItem|setItem|get|set|append|open|change|newId|post|svg)$/;

/** The node that stands for this text when choices and brackets around it are left away. */
function outermost(node) {
  let at = node;
  while (ts.isConditionalExpression(at.parent) && at.parent.condition !== at || ts.isParenthesizedExpression(at.parent)
    || ts.isBinaryExpression(at.parent) && ['??', '||', '&&'].includes(at.parent.operatorToken.getText())) at = at.parent;
  return at;
}

function callee(call) {
  return (call.expression.name ?? call.expression).getText();
}

function isQuiet(node) {
  const at = outermost(node);
  const { parent } = at;
  if (ts.isImportDeclaration(parent) || ts.isCaseClause(parent) || ts.isElementAccessExpression(parent) || ts.isBinaryExpression(parent) || ts.isConditionalExpression(parent) || ts.isTemplateSpan(parent)) return true;
  if (ts.isPropertyAssignment(parent)) {
    if (parent.name === at) return true;
    const name = parent.name.text ?? parent.name.getText();
    return QUIET_ATTRIBUTES.has(name) || name === 'name' && !/^[A-Z]/.test(node.text ?? '');
  }
  if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) return false;
  const name = callee(parent);
  if (QUIET_CALLS.test(name)) return true;
  return name === 'el' && (parent.arguments.indexOf(at) < 2 || ['code', 'pre'].includes(parent.arguments[0].text));
}

function isElementChild(node) {
  const at = outermost(node);
  return ts.isCallExpression(at.parent) && ['el', 'fill', 'hidden'].includes(callee(at.parent));
}

function isSaid(node) {
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isCallExpression(at) && /^say(With|Count)?$/.test(callee(at)) && at.arguments.slice(0, 3).includes(node)) return true;
  }
  return false;
}

/** The texts of a literal, or the fixed parts of a template. */
function textOf(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  return ts.isTemplateExpression(node) ? [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('…') : null;
}

function looksLikeWords(node, text) {
  if (!/[A-Za-z]/.test(text) || NO_WORDS.some((known) => known.test(text)) || /^[/?#.[<]/.test(text)) return false;
  return isElementChild(node) || /^[A-Z]/.test(text) || /[A-Za-z]{2,} [A-Za-z]/.test(text) || / [a-z]{2,}/.test(text);
}

for (const file of process.argv.slice(3)) {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const visit = (node) => {
    const text = textOf(node);
    if (text !== null && looksLikeWords(node, text) && !isQuiet(node) && !isSaid(node)) {
      console.log(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}
