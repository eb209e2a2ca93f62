import process from 'node:process';
import { FastResponse, patchGlobalRequest } from 'srvx/node';

// The content codings that fetch decodes; it is undici's, which knows zstd since 7.11.
const [major = 0, minor = 0] = (process.versions.undici ?? '').split('.').map(Number);
const CODINGS = new Set(['gzip', 'x-gzip', 'deflate', 'br']);
if (major > 7 || (major === 7 && minor >= 11)) CODINGS.add('zstd');

/** @type {WeakSet<object>} */
const decodedBodies = new WeakSet();

const nativeFetch = globalThis.fetch;

/**
 * Puts the classes of srvx in the place of Node's, once for the process. A `new Response` of the handler is then written
 * as it is, without a stream in between, and `new Request` and `fetch` take the request that the handler was given.
 */
export function replaceGlobals() {
  replace('Response', FastResponse);
  patchGlobalRequest();
  replace('fetch', fetch);
}

/**
 * Whether the bytes of a body are those that fetch has decoded, so that the content coding and the length beside it are
 * those of other bytes.
 *
 * @param {object} body
 */
export function isDecoded(body) {
  return decodedBodies.has(body);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function replace(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/**
 * @param {Parameters<typeof globalThis.fetch>[0]} input
 * @param {Parameters<typeof globalThis.fetch>[1]} init
 */
async function fetch(input, init) {
  const response = await nativeFetch(input instanceof Request ? new Request(input) : input, init);
  const coding = response.headers.get('content-encoding');
  if (coding !== null && response.body !== null && areKnown(coding)) decodedBodies.add(response.body);
  return response;
}

/** @param {string} codings a list, in the order in which they were applied */
function areKnown(codings) {
  return codings.split(',').every((coding) => CODINGS.has(coding.trim().toLowerCase()));
}
