/** How files are named at the usual place. */

import { change } from '../lib/api.js';
import { el } from '../lib/dom.js';
import { field, openForm } from '../lib/formdialog.js';
import { say } from '../lib/say.js';

/** @param {string} now @param {() => Promise<void>} changed */
export function openPattern(now, changed) {
  const pattern = field(say('Name below the folder'), { type: 'text', maxlength: 200, value: now, spellcheck: 'false', autocapitalize: 'none' },
    say('{collection}, {name}, {tag} and {digest} are filled in; {name} or {digest} must occur. Empty: the default, {collection}/{name}_{tag}.sif.'));
  openForm({
    title: say('How files are named'), body: [el('p', {}, say('At your usual place each image gets this name. Folders in it are made.')), pattern.node], yes: say('Save'),
    submit: async () => {
      await change('PUT', '/api/file-pattern', { pattern: pattern.input.value.trim() });
      await changed();
    },
  });
}
