/**
 * Settings → User Profile.
 *
 * For tests: textboxes "Current password" (who has one), "New password", "New password again"; button "Change password" or "Set a
 * password".
 */

import { forgetMe, post } from '../lib/api.js';
import { el, enable, fill, newId } from '../lib/dom.js';
import { timeElement } from '../lib/format.js';
import { notify } from '../lib/notify.js';
import { errorPanel } from '../lib/panel.js';
import { facts } from '../lib/parts.js';
import { say } from '../lib/say.js';
import { sentToLogin } from '../lib/shell.js';
import { usage, usageCard } from '../lib/usage.js';

const PASSWORD_MIN = 8;

/** @param {boolean} hasOne */
function title(hasOne) {
  return hasOne ? say('Change password') : say('Set a password');
}

/** @param {string} label @param {string} name @param {string} autocomplete @param {string} [hint] */
function passwordField(label, name, autocomplete, hint) {
  const id = newId('password');
  const input = el('input', {
    id, name, type: 'password', autocomplete, required: true, maxlength: 1024,
    minlength: autocomplete === 'new-password' ? PASSWORD_MIN : null, 'aria-describedby': hint ? `${id}-hint` : null,
  });
  return { input, node: el('div', { class: 'field' }, el('label', { for: id }, label), input, hint ? el('p', { class: 'hint', id: `${id}-hint` }, hint) : null) };
}

/** @param {string} username @param {boolean} hasOne */
function passwordForm(username, hasOne) {
  const current = passwordField(say('Current password'), 'current', 'current-password');
  const fresh = passwordField(say('New password'), 'new', 'new-password', say('At least {n} characters. Your other sessions end.', { n: PASSWORD_MIN }));
  const again = passwordField(say('New password again'), 'again', 'new-password');
  const place = el('div');
  const button = el('button', { class: 'button button-primary', type: 'submit' }, title(hasOne));
  const form = el('form', { class: 'narrow-form', on: { submit } },
    el('input', { type: 'text', name: 'username', autocomplete: 'username', value: username, hidden: true, readonly: true }),
    hasOne ? null : el('p', {}, say('You sign in with Globus. With a password too you can sign in when Globus is away, and disconnect it.')),
    place, hasOne ? current.node : null, fresh.node, again.node, button);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    fill(place);
    again.input.setCustomValidity(again.input.value === fresh.input.value ? '' : say('The two new passwords differ.'));
    if (!form.reportValidity()) return;
    button.disabled = true;
    try {
      await post('/api/me/password', { ...(hasOne ? { current: current.input.value } : {}), new: fresh.input.value });
      forgetMe(); /* the session goes on under a new id with a new CSRF token */
      form.reset();
      notify({ kind: 'ok', text: say('Your password is set. Other sessions of yours have ended.') });
      if (!hasOne) form.replaceWith(passwordForm(username, true));
    } catch (error) {
      if (!sentToLogin(error)) fill(place, errorPanel(error));
    } finally {
      enable(button);
    }
  }
  again.input.addEventListener('input', () => again.input.setCustomValidity(''));
  return form;
}

/** @param {import('../lib/api.js').Me} who @param {HTMLElement} content */
export async function drawProfile(who, content) {
  const used = await usage();
  const user = /** @type {import('../lib/api.js').User} */ (who.user);
  fill(content,
    el('h2', {}, say('User Profile')),
    el('section', { class: 'card', 'aria-label': say('Account') }, facts([
      [say('Username'), user.username],
      [say('Member since'), user.created_at ? timeElement(user.created_at) : null],
      [say('Role'), user.admin ? say('Administrator of this registry') : null],
    ])),
    usageCard(used),
    who.site.password_login ? el('section', { class: 'card', 'aria-labelledby': 'change-password' },
      el('h3', { id: 'change-password' }, title(who.has_password)), passwordForm(user.username, who.has_password)) : null);
}
