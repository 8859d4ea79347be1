/* How the portal's modules are written: what eslint recommends, some it does not, and one form for everything (@stylistic). */
'use strict';

const path = require('node:path');

const npm = path.resolve(__dirname, '../../var/npm-test/node_modules');
const stylistic = require(path.join(npm, '@stylistic/eslint-plugin')).default ?? require(path.join(npm, '@stylistic/eslint-plugin'));
const js = require(path.join(npm, '@eslint/js'));

/* What browsers have; tsc knows them better, this only tells them from what is misspelt. */
const globals = Object.fromEntries(['window', 'document', 'location', 'history', 'navigator', 'performance', 'localStorage', 'sessionStorage', 'console', 'fetch',
  'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'getComputedStyle', 'requestAnimationFrame', 'URL', 'URLSearchParams', 'FormData', 'XMLHttpRequest', 'AbortController',
  'DOMException', 'Node', 'Element', 'HTMLElement', 'HTMLDialogElement', 'HTMLInputElement', 'HTMLTemplateElement', 'Response', 'getSelection', 'Event', 'CustomEvent', 'Intl', 'BroadcastChannel', 'MutationObserver',
].map((name) => [name, 'readonly']));

module.exports = [
  js.configs.recommended,
  stylistic.configs.customize({ indent: 2, quotes: 'single', semi: true, arrowParens: true, braceStyle: '1tbs', quoteProps: 'as-needed' }),
  {
    languageOptions: { ecmaVersion: 2022, sourceType: 'module', globals },
    linterOptions: { reportUnusedDisableDirectives: true },
    rules: {
      '@stylistic/quotes': ['error', 'single', { avoidEscape: true, allowTemplateLiterals: 'always' }],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-shadow': 'error',
      'consistent-return': 'error',
      'no-param-reassign': 'error',
      'no-promise-executor-return': 'error',
      '@stylistic/multiline-ternary': 'off',
      'no-control-regex': 'off', /* next.js refuses them */
      complexity: ['error', 20],
      'max-lines': ['error', 200],
      'max-lines-per-function': ['error', { max: 100, skipComments: true }],
      '@stylistic/max-len': ['error', { code: 220, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true }],
      '@stylistic/max-statements-per-line': ['error', { max: 2 }],
    },
  },
  { files: ['**/early.js'], languageOptions: { sourceType: 'script', ecmaVersion: 5 }, rules: { 'no-var': 'off', 'no-unused-vars': ['error', { caughtErrors: 'none' }], '@stylistic/comma-dangle': 'off' } },
];
