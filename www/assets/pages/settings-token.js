/**
 * Settings → Integrations → API: a new client token, shown once.
 *
 * For tests: heading "API", button "API Token"; then region "~/.sregistry" with the JSON, region "Push" with the command, and buttons
 * "Copy: ~/.sregistry", "Copy: Push"; the token alone stands in an element with id client-token.
 */

import { post } from '../lib/api.js';
import { codeBlock, copyButton } from '../lib/copy.js';
import { el, enable, fill } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { errorPanel } from '../lib/panel.js';
import { facts } from '../lib/parts.js';
import { say, sayWith } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';

/** @param {{token: string, client_secrets: object}} made */
function shownOnce(made) {
  const code = el('code', { id: 'client-token', class: 'wrap-anywhere' }, made.token);
  return el('div', { class: 'shown-once' },
    el('div', { class: 'notice notice-warn', role: 'status' }, icon('key'), el('div', { class: 'notice-body' },
      el('p', { class: 'notice-title' }, say('Your new token is shown this once')),
      el('p', {}, say('Save it now. Whoever has it can push in your name.')))),
    facts([[say('Token'), [code, ' ', copyButton(made.token, say('Copy the token'), { source: code })]]]),
    codeBlock('~/.sregistry', JSON.stringify(made.client_secrets, null, 2),
      { note: say('Save this as ~/.sregistry and let nobody else read it (chmod 600 ~/.sregistry). If the file exists, replace its whole “registry” part.') }),
    codeBlock(say('Push'), 'SREGISTRY_CLIENT=registry sregistry push --name tacos/avocados.simg avocados.simg'));
}

export function tokenSection() {
  const place = el('div');
  const button = el('button', { class: 'button', type: 'button', on: { click: make } }, icon('key'), say('API Token'));

  async function make() {
    button.disabled = true;
    try {
      fill(place, shownOnce(await post('/api/me/token')));
    } catch (error) {
      if (!sentToLogin(error)) fill(place, errorPanel(error));
    } finally {
      enable(button);
    }
  }
  return el('section', { class: 'card', 'aria-labelledby': 'api' },
    el('h3', { id: 'api' }, 'API'),
    el('p', {}, sayWith('The {client} client signs your pushes with a token. A new one takes the place of the one you have: scripts that use the old one must be told.',
      { client: el('code', {}, 'sregistry') })),
    button, place);
}
