/**
 * Where Globus sends the administrator's browser while "transload globus setup" waits on some terminal: the code to paste there.
 *
 * For tests: heading "Copy this code"; the code in a block with the button "Copy: Code"; or the heading "Globus gave no code".
 */

import { codeBlock } from '../lib/copy.js';
import { el, fill } from '../lib/dom.js';
import { setTitle, start } from '../lib/shell.js';

start((_who, content) => {
  const query = new URLSearchParams(location.search);
  const code = query.get('code');
  setTitle(code ? 'Copy this code' : 'No code');
  if (!code) {
    fill(content, el('h1', {}, 'Globus gave no code'), el('p', {}, `It says: ${query.get('error') ?? 'nothing'}. Begin again in the terminal.`));
    return;
  }
  fill(content, el('h1', {}, 'Copy this code'),
    el('p', {}, 'Paste it into the terminal where ', el('code', {}, 'transload globus setup'), ' waits. It works once, and only there.'),
    codeBlock('Code', code));
});
