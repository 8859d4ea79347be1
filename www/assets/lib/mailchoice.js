/** Whether Globus writes e-mails about the user's tasks. E-mails are Globus's; here is only the choice. */

import { change } from './api.js';
import { el } from './dom.js';
import { notify } from './notify.js';
import { say } from './say.js';
import { sentToLogin } from './shell.js';

/** @param {import('./api.js').GlobusLink} link */
export function mailChoice(link) {
  const box = el('input', { type: 'checkbox', id: 'globus-mail', checked: link.mail, on: { change: save } });
  async function save() {
    const wanted = box.checked;
    try {
      await change('PUT', '/api/globus/mail', { mail: wanted });
      notify({ kind: 'ok', text: wanted ? say('Globus will write to you about what you send from now on.') : say('Globus will not write to you about what you send from now on.') });
    } catch (error) {
      box.checked = !wanted;
      if (!sentToLogin(error)) notify({ kind: 'bad', text: say('Your choice could not be kept. Try again.') });
    }
  }
  return el('p', { class: 'tick-box' }, box, el('label', { for: 'globus-mail' }, say('Let Globus write an e-mail when a transfer ends or needs you')));
}
