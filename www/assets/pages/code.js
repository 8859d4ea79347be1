/**
 * Where Globus sends the administrator's browser while "transload globus setup" waits on some terminal: the code to paste there.
 *
 * For tests: heading "Copy this code"; the code in a block with the button "Copy: Code"; or the heading "Globus gave no code".
 */

import { codeBlock } from '../lib/copy.js';
import { el, fill } from '../lib/dom.js';
import { say, sayWith } from '../lib/say.js';
import { setTitle, start } from '../lib/shell.js';

start((_who, content) => {
  const query = new URLSearchParams(location.search);
  const code = query.get('code');
  setTitle(code ? say('Copy this code') : say('No code'));
  if (!code) {
    fill(content, el('h1', {}, say('Globus gave no code')), el('p', {}, say('It says: {error}. Begin again in the terminal.', { error: query.get('error') ?? say('nothing') })));
    return;
  }
  fill(content, el('h1', {}, say('Copy this code')),
    el('p', {}, sayWith('Paste it into the terminal where {command} waits. It works once, and only there.', { command: el('code', {}, 'transload globus setup') })),
    codeBlock(say('Code'), code));
});
