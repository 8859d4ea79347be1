/** The star of a collection: in the viewer's favorites or not. It can be taken back, so it changes at once and turns back when refused. */

import { change } from './api.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { notify } from './notify.js';
import { say } from './say.js';
import { sentToLogin } from './shell.js';

/** @param {{id: number, name: string, starred: boolean}} collection */
export function favoriteButton(collection) {
  let starred = collection.starred;
  const button = el('button', { class: 'button star', type: 'button', on: { click: press } });

  function draw() {
    button.setAttribute('aria-pressed', String(starred));
    fill(button, icon('star'), say('Favorite'));
    button.title = starred ? say('In your favorites; press to take it out') : say('Keep it in your favorites');
  }
  async function press() {
    starred = !starred;
    draw();
    try {
      await change(starred ? 'PUT' : 'DELETE', `/api/portal/collections/${collection.id}/star`);
    } catch (error) {
      starred = !starred;
      draw();
      if (!sentToLogin(error)) notify({ kind: 'bad', text: say('Your favorites could not be changed: {name} is as it was. Try again.', { name: collection.name }) });
    }
  }
  draw();
  return button;
}
