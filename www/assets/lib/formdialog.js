/** A form in a dialog: refusals are told inside it, at the field where there is one; success closes it. */

import { openDialog } from './dialog.js';
import { el, enable, fill, newId } from './dom.js';
import { errorPanel } from './panel.js';
import { say } from './say.js';
import { sentToLogin } from './shell.js';

/** @typedef {import('./dom.js').Child} Child */

/**
 * A labelled input.
 *
 * @param {string} label
 * @param {Record<string, any>} props  of the input
 * @param {string} [hint]
 */
export function field(label, props, hint) {
  const id = newId('field');
  const input = el('input', { id, autocomplete: 'off', spellcheck: 'false', ...props, 'aria-describedby': hint ? `${id}-hint` : null });
  return { input, node: el('div', { class: 'field' }, el('label', { for: id }, label), input, hint ? el('p', { class: 'hint', id: `${id}-hint` }, hint) : null) };
}

/**
 * One of a few.
 *
 * @param {string} legend
 * @param {[string, string, string?][]} choices  value, label, hint
 * @param {string} chosen
 */
export function choice(legend, choices, chosen) {
  const name = newId('choice');
  const radios = choices.map(([value]) => el('input', { type: 'radio', name, value, id: `${name}-${value}`, checked: value === chosen }));
  const node = el('fieldset', { class: 'field choice' }, el('legend', {}, legend), choices.map(([value, label, hint], i) =>
    el('p', {}, radios[i], ' ', el('label', { for: `${name}-${value}` }, label), hint ? el('span', { class: 'hint' }, ` ${hint}`) : null)));
  return { node, value: () => radios.find((radio) => radio.checked)?.value ?? chosen };
}

/**
 * @param {{title: string, body: Child[], yes: string, bad?: boolean, wide?: boolean, submit: () => Promise<void>}} shape  submit
 *     closes the dialog unless it throws
 */
export function openForm(shape) {
  const place = el('div');
  const button = el('button', { class: `button ${shape.bad ? 'button-bad' : 'button-primary'}`, type: 'submit' }, shape.yes);
  const form = el('form', { on: { submit } }, place, ...shape.body,
    el('p', { class: 'actions actions-end' },
      el('button', { class: 'button', type: 'button', on: { click: () => dialog.close() } }, say('Cancel')), button));

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    fill(place);
    button.disabled = true;
    try {
      await shape.submit();
      dialog.close();
    } catch (error) {
      if (!sentToLogin(error)) fill(place, errorPanel(error));
    } finally {
      enable(button);
    }
  }
  const dialog = openDialog(shape.title, [form], { wide: shape.wide });
  /** @type {HTMLElement | null} */ (form.querySelector('input'))?.focus();
  return dialog;
}
