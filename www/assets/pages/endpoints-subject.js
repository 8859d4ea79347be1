/**
 * What is to be sent: the image of /globus/transfer/{id}, or several of a collection (?collection=7&containers=1,2; without containers all
 * of them), which go as one task into one folder.
 */

import { get, post } from '../lib/api.js';
import { say, sayCount } from '../lib/say.js';

/**
 * @typedef {Object} Subject
 * @property {number | null} id           of the one image; null: several
 * @property {string} name                what is shown as its name
 * @property {number | null} size         bytes; null: not known before
 * @property {{id: number, name: string}} collection
 * @property {(folder: string) => string} fileAt                          where it arrives
 * @property {(endpoint: string, folder: string) => Promise<any>} send    the wish
 */

/** @param {any} container @returns {Subject} */
function oneImage(container) {
  const file = `${container.name}_${container.tag}.sif`;
  return {
    id: container.id, name: container.uri, size: container.size, collection: container.collection,
    fileAt: (folder) => (folder ? folder + file : say('(default folder) {file}', { file })),
    send: (endpoint, folder) => post('/api/transfers', { container_id: container.id, endpoint_id: endpoint, ...(folder ? { path: folder } : {}) }),
  };
}

/** @param {any} collection @param {number[]} ids  none: all @returns {Subject} */
function severalImages(collection, ids) {
  const chosen = ids.length ? { containers: ids.map((id) => ({ id })) } : { all: true };
  return {
    id: null, name: `${collection.name} (${ids.length ? sayCount(ids.length, '{n} image', '{n} images') : say('all images')})`, size: null, collection,
    fileAt: (folder) => folder || say('(choose a folder)'),
    send: (endpoint, folder) => post('/api/transfers/several', { collection_id: collection.id, endpoint_id: endpoint, path: folder, ...chosen }),
  };
}

/** What the address names; null when it names nothing. @returns {Promise<Subject | null>} */
export async function chosenSubject() {
  const id = location.pathname.split('/')[3];
  if (id) return oneImage((await get(`/api/portal/containers/${encodeURIComponent(id)}`)).container);
  const query = new URLSearchParams(location.search);
  const collection = query.get('collection');
  if (!collection) return null;
  const ids = (query.get('containers') ?? '').split(',').filter((text) => /^[1-9]\d*$/.test(text)).map(Number);
  return severalImages((await get(`/api/portal/collections/${encodeURIComponent(collection)}`)).collection, ids);
}
