/**
 * /login: sign in with username and password, then go where next= says, if that is here.
 *
 * For tests: textboxes "Username", "Password"; button "Sign in"; role alert holds a refusal; button "Sign in with Globus" where the
 * registry takes that.
 */

import { forgetMe, post } from '../lib/api.js';
import { byId, el, fill, slot } from '../lib/dom.js';
import { explain } from '../lib/errors.js';
import { icon } from '../lib/icons.js';
import { localPath } from '../lib/next.js';
import { say } from '../lib/say.js';
import { start } from '../lib/shell.js';

const form = byId('login');
const place = byId('login-error');

function next() {
  return localPath(new URLSearchParams(location.search).get('next')) ?? '/collections';
}

/** @param {unknown} error */
function refuse(error) {
  const text = explain(error);
  fill(place, el('div', { class: 'notice notice-bad' }, el('div', { class: 'notice-body' },
    el('p', { class: 'notice-title' }, text.title), el('p', {}, text.advice))));
  form.elements.namedItem('password').value = '';
  form.elements.namedItem('password').focus();
}

/** @param {SubmitEvent} event */
async function submit(event) {
  event.preventDefault();
  const button = form.querySelector('button');
  const given = new FormData(form);
  button.disabled = true;
  fill(place);
  try {
    await post('/api/login', { username: given.get('username'), password: given.get('password') });
    forgetMe();
    location.assign(next());
  } catch (error) {
    refuse(error);
    button.disabled = false;
  }
}

/** A plain POST, so that the browser follows the redirect to Globus. @param {boolean} isOnly */
function globusForm(isOnly) {
  return [
    isOnly ? null : el('p', { class: 'or' }, say('or')),
    el('form', { method: 'post', action: '/globus/signin', class: 'globus-form' },
      el('input', { type: 'hidden', name: 'next', value: next() }),
      el('button', { class: `button button-wide ${isOnly ? 'button-primary' : ''}`, type: 'submit' }, icon('cloud'), say('Sign in with Globus')),
      el('p', { class: 'hint' }, say('You’ll sign in at Globus, with your institution’s login if you like, then return here.'))),
  ];
}

/** @param {import('../lib/api.js').Site} site */
function showWays(site) {
  const globus = byId('login-globus');
  form.hidden = !site.password_login;
  byId('login-next').hidden = !new URLSearchParams(location.search).has('next');
  globus.hidden = !site.globus_login;
  if (site.globus_login) fill(globus, globusForm(!site.password_login));
}

form.addEventListener('submit', submit);
start((who) => {
  if (who.user) {
    location.replace(next());
    return;
  }
  showWays(who.site);
  const help = slot('help');
  if (help && who.site.help_email) fill(help, ': ', el('a', { href: `mailto:${who.site.help_email}` }, who.site.help_email));
}, { plainHeader: true });
