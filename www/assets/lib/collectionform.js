/** Name, description and visibility of a collection: the dialog that makes one, and the fields that change one. */

import { post } from './api.js';
import { el } from './dom.js';
import { choice, field, openForm } from './formdialog.js';
import { say } from './say.js';

/** @typedef {import('./api.js').Me} Me */

/** @param {Me} who @param {{name: string, description: string | null, private: boolean}} values */
export function collectionFields(who, values) {
  const name = field(say('Name'), { name: 'name', required: true, maxlength: 250, value: values.name }, say('a-z and 0-9, with . _ - / inside.'));
  const description = field(say('Description'), { name: 'description', maxlength: 2000, value: values.description ?? '' });
  const visible = choice(say('Visibility'), who.site.private_only && values.private
    ? [['private', say('Private'), say('This registry keeps every collection private.')]]
    : [['public', say('Public'), say('Everybody may read it, also without signing in.')], ['private', say('Private'), say('Owners and contributors only.')]],
  values.private ? 'private' : 'public');
  return {
    nodes: [name.node, description.node, visible.node],
    read: () => ({ name: name.input.value.trim(), description: description.input.value, private: visible.value() === 'private' }),
  };
}

/** @param {Me} who */
function openNewCollection(who) {
  const fields = collectionFields(who, { name: '', description: '', private: who.site.default_private });
  openForm({
    title: say('New collection'), body: fields.nodes, yes: say('Create collection'),
    async submit() {
      const { collection } = await post('/api/portal/collections', fields.read());
      location.assign(`/collections/${collection.id}`);
    },
  });
}

/** Nothing for who may create none. @param {Me} who */
export function newCollectionButton(who) {
  if (!who.user || !(who.site.user_collections || who.user.admin)) return null;
  return el('button', { class: 'button', type: 'button', on: { click: () => openNewCollection(who) } }, say('New collection'));
}
