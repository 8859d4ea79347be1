/**
 * Where to go after signing in. Only a path of this site: it begins with one "/", and the browser, reading it as an address, stays here
 * ("//host", "/\host" and tabs inside would leave).
 *
 * @param {string | null} given
 * @returns {string | null}
 */
export function localPath(given) {
  if (!given || !/^\/(?![/\\])[^\u0000-\u001f\\]*$/.test(given)) return null;
  const url = new URL(given, location.origin);
  if (url.origin !== location.origin || url.pathname === '/login') return null;
  return url.pathname + url.search + url.hash;
}
