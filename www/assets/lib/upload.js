/**
 * An upload in parts, which goes on where a lost connection left it: the registry keeps what arrived for a day (docs/adr/0015).
 */

import { change, get, me, post } from './api.js';
import { ApiError } from './errors.js';

/** @typedef {{collection: string, name: string, tag: string}} ImageName */

const PART_BYTES = 32 << 20;
const PAUSE_S = 1;
const PAUSE_MAX_S = 15;
/** Without any progress for this long it is no passing trouble. */
const GIVE_UP_MS = 15 * 60_000;

/** What a moment, or a network that is back, may mend. @param {unknown} error */
function isPassing(error) {
  return error instanceof ApiError && ['offline', 'timeout', 'unavailable', 'throttled', 'conflict'].includes(error.code);
}

/** @param {XMLHttpRequest} request */
function refusal(request) {
  if (request.status === 0) return new ApiError(0, { code: 'offline' });
  try {
    return new ApiError(request.status, JSON.parse(request.responseText));
  } catch {
    return new ApiError(request.status, {});
  }
}

/**
 * @param {ImageName} n
 * @param {File} file
 * @param {{progress: (bytes: number) => void, paused: (isPaused: boolean) => void}} tell
 */
export function makeUpload(n, file, tell) {
  const end = new AbortController();
  let ticket = '';
  let pauseS = PAUSE_S;
  let progressed = performance.now();

  /** fetch() does not tell how much it has sent; XMLHttpRequest does. @param {number} offset @param {string} csrf @returns {Promise<{received: number, complete: boolean}>} */
  function send(offset, csrf) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.upload.addEventListener('progress', (event) => tell.progress(offset + event.loaded));
      request.addEventListener('load', () => (request.status === 200 ? resolve(JSON.parse(request.responseText)) : reject(refusal(request))));
      request.addEventListener('error', () => reject(refusal(request)));
      request.addEventListener('abort', () => reject(end.signal.reason));
      end.signal.addEventListener('abort', () => request.abort(), { once: true });
      request.open('PUT', `/upload/part?size=${file.size}&offset=${offset}`);
      request.setRequestHeader('X-CSRF-Token', csrf);
      request.setRequestHeader('X-Upload-Ticket', ticket);
      request.setRequestHeader('Accept', 'application/json');
      request.send(file.slice(offset, offset + PART_BYTES));
    });
  }
  /** Until it may work again: a while, or the network is back. */
  function pause() {
    return new Promise((resolve, reject) => {
      if (navigator.onLine) setTimeout(resolve, pauseS * 1000);
      window.addEventListener('online', resolve, { once: true });
      end.signal.addEventListener('abort', () => reject(end.signal.reason), { once: true });
      pauseS = Math.min(2 * pauseS, PAUSE_MAX_S);
    });
  }
  /** Again and again while the trouble may pass. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async function persist(work) {
    for (;;) {
      end.signal.throwIfAborted();
      try {
        const answer = await work();
        tell.paused(false);
        return answer;
      } catch (error) {
        if (!isPassing(error) || performance.now() - progressed > GIVE_UP_MS) throw error;
        tell.paused(true);
        await pause();
      }
    }
  }
  /** What the registry has, which may be more than was answered. @returns {Promise<number>} */
  async function received() {
    return (await get('/upload/part', {}, { 'X-Upload-Ticket': ticket })).received;
  }
  return {
    /** Resolves when the image stands under its tag; rejects with what the registry said, or with the reason of stop(). */
    async run() {
      ticket = (await persist(() => post('/api/upload/chunked_upload', n))).cid;
      let at = 0;
      let isSure = true;
      for (;;) {
        const answer = await persist(async () => {
          if (!isSure) at = await received();
          isSure = false;
          return send(at, (await me()).csrf_token ?? '');
        });
        isSure = true;
        if (answer.received > at) {
          pauseS = PAUSE_S;
          progressed = performance.now();
        }
        at = answer.received;
        if (answer.complete) return;
      }
    },
    /** End it; the registry forgets what arrived. */
    stop() {
      if (end.signal.aborted) return;
      end.abort(new DOMException('stopped', 'AbortError'));
      if (ticket) change('DELETE', '/upload/part', undefined, { 'X-Upload-Ticket': ticket }).catch(() => undefined); /* else it is swept */
    },
  };
}
