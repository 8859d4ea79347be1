/**
 * The address of the endpoints page names what was chosen (?endpoint=&path=), so that a way through Globus, or a reload, comes back to the
 * same image, endpoint and folder.
 */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @param {string | null} endpoint @param {string} [path] */
function addressWith(endpoint, path) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries({ endpoint, path })) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url.pathname + url.search;
}

/** This page with that endpoint chosen. @param {string} endpoint */
export function addressOf(endpoint) {
  return addressWith(endpoint);
}

/** Note the choice in the address; null takes it out. @param {string | null} endpoint @param {string} [path] */
export function nameChoice(endpoint, path) {
  history.replaceState(history.state, '', addressWith(endpoint, path));
}

/** What the address names; null when that is no endpoint. @returns {{endpoint: string, path: string} | null} */
export function namedChoice() {
  const query = new URLSearchParams(location.search);
  const endpoint = query.get('endpoint') ?? '';
  return UUID.test(endpoint) ? { endpoint, path: query.get('path') ?? '' } : null;
}
