/**
 * Talking to the registry: one function for reading, one for changing, errors as ApiError, the CSRF token added where it belongs.
 */

import { ApiError } from './errors.js';

/**
 * @typedef {{username: string, admin: boolean, created_at?: string}} User
 * @typedef {{identity_id: string, username: string, email: string | null, linked_at: string, last_used_at: string | null, expires_at: string | null, scopes: string[], mail: boolean, reconnect?: boolean}} GlobusLink
 * @typedef {{registry_name: string, globus_enabled: boolean, password_login: boolean, globus_login: boolean, help_email: string | null,
 *   user_collections: boolean, default_private: boolean, private_only: boolean, share_link_days: number, keep_versions: number}} Site
 * @typedef {{user: User | null, csrf_token?: string, has_password: boolean, globus?: GlobusLink | null, site: Site, news: number, under_way: boolean}} Me
 */

/** Globus may take its time over a directory listing; nothing else does. */
const TIMEOUT_MS = 75_000;

/** @type {Promise<Me> | null} */
let asked = null;

/** Who is signed in; asked once a page. @returns {Promise<Me>} */
export function me() {
  asked ??= request('GET', '/api/me');
  return asked;
}

/** Ask again at the next me(). */
export function forgetMe() {
  asked = null;
}

/**
 * Read.
 *
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} [query]  empty values are left out
 * @param {Record<string, string>} [more]  headers
 * @returns {Promise<any>}
 */
export function get(path, query = {}, more = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return request('GET', text ? `${path}?${text}` : path, undefined, undefined, more);
}

/**
 * Change something. A token that went stale (signed in again in another tab) is asked for once more, and then it is an error.
 *
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
export async function post(path, body = {}) {
  return change('POST', path, body);
}

/** The same with another method. @param {'POST' | 'PUT' | 'PATCH' | 'DELETE'} method @param {string} path @param {object} [body] @param {Record<string, string>} [more]  headers */
export async function change(method, path, body, more = {}) {
  try {
    return await request(method, path, body, (await me()).csrf_token, more);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'csrf') throw error;
    forgetMe();
    return request(method, path, body, (await me()).csrf_token, more);
  }
}

/** @param {string} method @param {string} path @param {object} [body] @param {string} [csrf] @param {Record<string, string>} [more] */
async function request(method, path, body, csrf, more = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json', ...more };
  if (body) headers['Content-Type'] = 'application/json';
  if (csrf) headers['X-CSRF-Token'] = csrf;
  const response = await send(path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await readJson(response);
  if (!response.ok) throw new ApiError(response.status, answer ?? {}, Number(response.headers.get('Retry-After')) || undefined);
  return answer;
}

/** @param {string} path @param {RequestInit} init */
async function send(path, init) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
  try {
    return await fetch(path, { ...init, signal: limit.signal });
  } catch {
    throw new ApiError(0, { code: limit.signal.aborted ? 'timeout' : 'offline' });
  } finally {
    clearTimeout(timer);
  }
}

/** The JSON of an answer; null when there is none. @param {Response} response */
async function readJson(response) {
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch {
    if (response.ok) throw new ApiError(502, { code: 'unavailable' });
    return null;
  }
}
