/**
 * What people read when something was refused: what happened, what to do. The server's own sentence ("detail") stands between the two.
 * One row for each code of the API, and for what can go wrong before an answer comes.
 */

import { say } from './say.js';

/** A refusal, from the server or from the way there. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{code?: string, detail?: string, request_id?: string, authorize_url?: string, field?: string}} body
   * @param {number} [retryAfter]  seconds
   */
  constructor(status, body, retryAfter) {
    super(body.detail || body.code || `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code || codeOfStatus(status);
    this.detail = body.detail || '';
    this.requestId = body.request_id || '';
    this.authorizeUrl = body.authorize_url || '';
    this.field = body.field || '';
    this.retryAfter = retryAfter;
  }
}

/** @type {Record<string, {title: string, advice: string}>} */
const texts = {
  offline: { title: say('The registry cannot be reached'), advice: say('Check your network connection, then try again.') },
  timeout: { title: say('No answer came in time'), advice: say('It may still be working. Wait a moment, then try again.') },
  bad_input: { title: say('That was not understood'), advice: say('Correct it and try again.') },
  not_signed_in: { title: say('You are signed out'), advice: say('Sign in again; you come back to this page.') },
  wrong_credentials: { title: say('Username or password is wrong'), advice: say('Check both and try again.') },
  forbidden: { title: say('This is not allowed'), advice: say('Ask an owner of the collection for access.') },
  bad_signature: { title: say('This link is not valid any more'), advice: say('Load the page again for a new one.') },
  csrf: { title: say('This page is out of date'), advice: say('Load it again and repeat.') },
  bad_state: { title: say('The sign-in at Globus took too long or was used twice'), advice: say('Start it again.') },
  globus_step_up: { title: say('Globus needs your OK'), advice: say('Continue to Globus; you come back here afterwards.') },
  globus_declined: { title: say('You declined at Globus'), advice: say('Nothing was changed. Start again when you like.') },
  no_account: { title: say('You have no account here'), advice: say('Ask the operator of this registry for one.') },
  identity_taken: { title: say('This Globus identity belongs to another account'), advice: say('Disconnect it there first, or use another identity.') },
  identity_changed: { title: say('You came back from Globus as somebody else'), advice: say('Use the identity you connected, or disconnect first.') },
  only_way_in: { title: say('Globus stays connected'), advice: say('Set a password first, so that you can still sign in.') },
  globus_not_connected: { title: say('Your Globus account is not connected'), advice: say('Connect it once; you come back here afterwards.') },
  globus_reconnect: { title: say('Globus ended the connection'), advice: say('Connect again; you come back here afterwards.') },
  globus_error: { title: say('Globus did not accept this'), advice: say('Try again; if it stays, look at the collection in the Globus web app.') },
  globus_unavailable: {
    title: say('Globus does not answer at the moment'),
    advice: say('Browsing, push and pull work as always. Try again in a moment.'),
  },
  not_found: { title: say('There is nothing here'), advice: say('It may have been deleted, or it is private and you may not read it.') },
  method: { title: say('That does not work here'), advice: say('Load the page again and repeat.') },
  conflict: { title: say('Something has changed meanwhile'), advice: say('Load the page again and look at how it stands now.') },
  too_large: { title: say('That is too large'), advice: say('Send less at once.') },
  throttled: { title: say('Too many tries'), advice: say('Wait a little before the next one.') },
  internal: { title: say('Something went wrong here'), advice: say('Nothing was changed. Try again; if it stays, tell the operator the reference.') },
  unavailable: { title: say('The registry is catching its breath'), advice: say('Try again in a moment.') },
  no_space: { title: say('The registry is full'), advice: say('Tell the operator the reference.') },
};

/** Answers that did not come from the application carry no code. @type {Record<number, string>} */
const statusCodes = {
  400: 'bad_input', 401: 'not_signed_in', 403: 'forbidden', 404: 'not_found', 405: 'method', 409: 'conflict', 413: 'too_large',
  429: 'throttled', 502: 'unavailable', 503: 'unavailable', 504: 'timeout', 507: 'no_space',
};

/** @param {number} status */
function codeOfStatus(status) {
  return statusCodes[status] ?? (status < 500 ? 'bad_input' : 'internal');
}

/** Globus, or the way to it, is the trouble: the registry itself is fine. @param {unknown} error */
export function isGlobusDown(error) {
  return error instanceof ApiError && (error.code === 'globus_unavailable' || error.code === 'globus_error');
}

/** A consent or a fresh sign-in is missing, for one endpoint. @param {unknown} error */
export function needsStepUp(error) {
  return error instanceof ApiError && error.code === 'globus_step_up';
}

/** There is no live connection to Globus. @param {unknown} error */
export function needsConnection(error) {
  return error instanceof ApiError && (error.code === 'globus_not_connected' || error.code === 'globus_reconnect');
}

/** One more trip to Globus would settle it. @param {unknown} error */
export function needsGlobus(error) {
  return needsStepUp(error) || needsConnection(error);
}

/**
 * @param {unknown} error
 * @returns {{code: string, title: string, detail: string, advice: string, reference: string}}
 */
export function explain(error) {
  if (!(error instanceof ApiError)) {
    console.error(error);
    return { code: 'internal', ...texts.internal, detail: '', reference: '' };
  }
  const text = texts[error.code] ?? texts.internal;
  const wait = error.retryAfter ? say('Try again in {s} s.', { s: error.retryAfter }) : text.advice;
  return { code: error.code, title: text.title, detail: error.detail, advice: wait, reference: error.requestId };
}
