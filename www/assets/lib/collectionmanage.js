/**
 * Managing one collection, for its owners and admins.
 *
 * For tests: button "Manage" opens a dialog with the form of a collection ("Save changes"), the list "Members" (buttons "Remove bob"),
 * textbox "User name", radios "Contributor", "Owner", button "Add member", and button "Delete collection…", which asks for the name.
 */

import { change } from './api.js';
import { collectionFields } from './collectionform.js';
import { openDialog } from './dialog.js';
import { el, fill } from './dom.js';
import { choice, field, openForm } from './formdialog.js';
import { errorPanel } from './panel.js';
import { say } from './say.js';
import { sentToLogin } from './shell.js';

/** @typedef {{id: number, name: string, description: string | null, private: boolean, owners: string[], contributors: string[], role: string}} Collection */

/** @param {Collection} c */
function address(c, rest = '') {
  return `/api/portal/collections/${c.id}${rest}`;
}

/** Do it, and tell in place what was refused. @param {HTMLElement} place @param {() => Promise<void>} work */
async function attempt(place, work) {
  fill(place);
  try {
    await work();
  } catch (error) {
    if (!sentToLogin(error)) fill(place, errorPanel(error));
  }
}

/** @param {Collection} c @param {import('./api.js').Me} who */
function editForm(c, who) {
  const place = el('div');
  const fields = collectionFields(who, c);
  return el('form', {
    on: {
      /** @param {SubmitEvent} event */
      submit(event) {
        event.preventDefault();
        attempt(place, async () => {
          await change('PATCH', address(c), fields.read());
          location.reload();
        });
      },
    },
  }, place, fields.nodes, el('button', { class: 'button button-primary', type: 'submit' }, say('Save changes')));
}

/** @param {Collection} first @param {() => void} onChange */
function membersPart(first, onChange) {
  const place = el('div');
  const list = el('ul', { class: 'members', 'aria-label': say('Members') });
  const user = field(say('User name'), { name: 'username', required: true, maxlength: 64 });
  const role = choice(say('Role'), [['contributor', say('Contributor'), say('may read.')], ['owner', say('Owner'), say('may do everything.')]], 'contributor');

  /** @param {Collection} c */
  function draw(c) {
    fill(list, [...c.owners.map((name) => line(c, name, 'owner')), ...c.contributors.map((name) => line(c, name, 'contributor'))]);
  }
  /** @param {Collection} c @param {string} name @param {string} as */
  function line(c, name, as) {
    return el('li', {}, el('strong', {}, name), ` ${as} `,
      el('button', { class: 'button button-small', type: 'button', 'aria-label': say('Remove {name}', { name }), on: { click: () => remove(c, name) } }, say('Remove')));
  }
  /** @param {Collection} c @param {string} name */
  function remove(c, name) {
    attempt(place, async () => {
      await change('DELETE', address(c, `/members/${encodeURIComponent(name)}`));
      onChange();
      draw({ ...c, owners: c.owners.filter((n) => n !== name), contributors: c.contributors.filter((n) => n !== name) });
    });
  }
  /** @param {SubmitEvent} event */
  function add(event) {
    event.preventDefault();
    attempt(place, async () => {
      const path = address(first, `/members/${encodeURIComponent(user.input.value.trim())}`);
      draw((await change('PUT', path, { role: role.value() })).collection);
      user.input.value = '';
      onChange();
    });
  }
  draw(first);
  return el('section', { class: 'part' }, el('h3', {}, say('Members')), place, list,
    el('form', { on: { submit: add } }, user.node, role.node, el('button', { class: 'button', type: 'submit' }, say('Add member'))));
}

/** @param {Collection} c */
function askToDelete(c) {
  const typed = field(say('Type {name} to delete it', { name: c.name }), { required: true, maxlength: 250 });
  openForm({
    title: say('Delete this collection?'), bad: true, yes: say('Delete collection'),
    body: [el('p', {}, say('All its images, earlier versions and share links are gone at once. Transfers that Globus already runs end first. Nobody can bring it back.')), typed.node],
    async submit() {
      await change('DELETE', `${address(c)}?name=${encodeURIComponent(typed.input.value.trim())}`);
      location.assign('/collections');
    },
  });
}

/** @param {Collection} c @param {import('./api.js').Me} who */
function open(c, who) {
  let isChanged = false;
  const dialog = openDialog(say('Manage collection'), [editForm(c, who), membersPart(c, () => { isChanged = true; }),
    el('section', { class: 'part' }, el('h3', {}, say('Delete')), el('button', {
      class: 'button button-bad', type: 'button', on: { click: () => { dialog.close(); askToDelete(c); } },
    }, say('Delete collection…')))], { wide: true });
  dialog.addEventListener('close', () => { if (isChanged && !document.querySelector('dialog[open]')) location.reload(); });
}

/** Nothing for who may not. @param {Collection} c @param {import('./api.js').Me} who */
export function manageButton(c, who) {
  if (c.role !== 'owner' && c.role !== 'admin') return null;
  return el('button', { class: 'button', type: 'button', on: { click: () => open(c, who) } }, say('Manage'));
}
