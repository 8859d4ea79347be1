/**
 * What people read when something was refused: what happened, what to do. The server's own sentence ("detail") stands between the two.
 * One row for each code of the API, and for what can go wrong before an answer comes.
 */

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
  offline: { title: 'The registry cannot be reached', advice: 'Check your network connection, then try again.' },
  timeout: { title: 'No answer came in time', advice: 'It may still be working. Wait a moment, then try again.' },
  bad_input: { title: 'That was not understood', advice: 'Correct it and try again.' },
  not_signed_in: { title: 'You are signed out', advice: 'Sign in again; you come back to this page.' },
  wrong_credentials: { title: 'Username or password is wrong', advice: 'Check both and try again.' },
  forbidden: { title: 'This is not allowed', advice: 'Ask an owner of the collection for access.' },
  bad_signature: { title: 'This link is not valid any more', advice: 'Load the page again for a new one.' },
  csrf: { title: 'This page is out of date', advice: 'Load it again and repeat.' },
  bad_state: { title: 'The sign-in at Globus took too long or was used twice', advice: 'Start it again.' },
  globus_step_up: { title: 'Globus needs your OK', advice: 'Continue to Globus; you come back here afterwards.' },
  globus_declined: { title: 'You declined at Globus', advice: 'Nothing was changed. Start again when you like.' },
  no_account: { title: 'You have no account here', advice: 'Ask the operator of this registry for one.' },
  identity_taken: { title: 'This Globus identity belongs to another account', advice: 'Disconnect it there first, or use another identity.' },
  identity_changed: { title: 'You came back from Globus as somebody else', advice: 'Use the identity you connected, or disconnect first.' },
  only_way_in: { title: 'Globus stays connected', advice: 'Set a password first, so that you can still sign in.' },
  globus_not_connected: { title: 'Your Globus account is not connected', advice: 'Connect it once; you come back here afterwards.' },
  globus_reconnect: { title: 'Globus ended the connection', advice: 'Connect again; you come back here afterwards.' },
  globus_error: { title: 'Globus did not accept this', advice: 'Try again; if it stays, look at the collection in the Globus web app.' },
  globus_unavailable: {
    title: 'Globus does not answer at the moment',
    advice: 'Browsing, push and pull work as always. Try again in a moment.',
  },
  not_found: { title: 'There is nothing here', advice: 'It may have been deleted, or it is private and you may not read it.' },
  method: { title: 'That does not work here', advice: 'Load the page again and repeat.' },
  conflict: { title: 'Something has changed meanwhile', advice: 'Load the page again and look at how it stands now.' },
  too_large: { title: 'That is too large', advice: 'Send less at once.' },
  throttled: { title: 'Too many tries', advice: 'Wait a little before the next one.' },
  internal: { title: 'Something went wrong here', advice: 'Nothing was changed. Try again; if it stays, tell the operator the reference.' },
  unavailable: { title: 'The registry is catching its breath', advice: 'Try again in a moment.' },
  no_space: { title: 'The registry is full', advice: 'Tell the operator the reference.' },
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
  const wait = error.retryAfter ? `Try again in ${error.retryAfter} s.` : text.advice;
  return { code: error.code, title: text.title, detail: error.detail, advice: wait, reference: error.requestId };
}
