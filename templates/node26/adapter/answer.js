import { pipeline } from 'node:stream';
import { bytesOfAll, checkFirst, firstBytes, readableOf } from './byte-stream.js';
import { completeType } from './content-type.js';
import { behindHead } from './header-bytes.js';

/** @import { ServerResponse } from 'node:http' */
/** @typedef {Readonly<Record<string, unknown>>} HeaderValues */

const HTML = 'text/html; charset=utf-8'; // Express's type for a string, on which functions rely for their pages
const JSON_TYPE = 'application/json; charset=utf-8';
const BYTES = 'application/octet-stream';
// Headers by which a message says where its body ends, and what comes behind it.
const FRAMING = new Set(['content-length', 'transfer-encoding', 'trailer']);

/**
 * Writes a handler's result as the response: strings, bytes and empty results as they are, streams and async iterables
 * chunk by chunk, all else as JSON.
 *
 * @param {ServerResponse} res
 * @param {unknown} status
 * @param {HeaderValues} headers
 * @param {unknown} value
 * @returns {Promise<void> | undefined} for a stream alone; rejects if it fails before its first byte
 * @throws {Error} the status, a header or the value cannot be sent; nothing of the response is sent then
 */
export function sendResult(res, status, headers, value) {
  if (typeof value === 'string') return send(res, status, headers, HTML, value);
  if (value === undefined || value === null) return send(res, status, headers, undefined, '');
  if (typeof value === 'object') {
    if (value instanceof Uint8Array) return send(res, status, headers, BYTES, value);
    if (value instanceof ArrayBuffer) return send(res, status, headers, BYTES, new Uint8Array(value));
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return send(res, status, headers, BYTES, bytes);
    }
    if (Symbol.asyncIterator in value) return sendStream(res, status, headers, value);
  }
  const json = JSON.stringify(value);
  if (json === undefined) throw new TypeError(`a handler cannot answer with a ${typeof value}`);
  return send(res, status, headers, JSON_TYPE, json);
}

/**
 * @param {ServerResponse} res
 * @param {unknown} status
 * @param {HeaderValues} headers
 * @param {string | undefined} type content type where the headers name none; undefined for the empty result
 * @param {string | Uint8Array} body
 * @returns {undefined}
 */
export function send(res, status, headers, type, body) {
  const code = statusCode(status);
  const isEmpty = code === 204 || code === 304;
  const isString = typeof body === 'string' && type !== undefined;
  const head = headersOf(headers, type, isString, isEmpty);
  const sent = isEmpty || code === 205 ? '' : body;
  if (!isEmpty) head.push('Content-Length', String(Buffer.byteLength(sent)));
  res.writeHead(code, head);
  res.end(behindHead(head, sent));
}

/**
 * @param {ServerResponse} res
 * @param {unknown} status
 * @param {HeaderValues} headers
 * @param {object} source
 */
async function sendStream(res, status, headers, source) {
  const code = statusCode(status);
  const isBodiless = code === 204 || code === 205 || code === 304;
  const readable = readableOf(source);
  const isHead = res.req.method === 'HEAD';
  if (isBodiless || isHead) readable.destroy();
  if (isBodiless) return send(res, code, headers, BYTES, '');
  const head = headersOf(headers, BYTES, false, false);
  if (isHead) {
    res.writeHead(code, head).end();
    return;
  }
  const stop = () => readable.destroy();
  res.once('close', stop);
  await firstBytes(readable);
  res.off('close', stop);
  try {
    checkFirst(readable);
    res.writeHead(code, head);
  } catch (error) {
    readable.destroy();
    throw error;
  }
  /** @param {NodeJS.ErrnoException | null | undefined} error */
  const ended = (error) => {
    // pipeline has broken the response off already, so that no client takes a part for the whole
    if (error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') console.error(error);
  };
  if (readable.readableObjectMode) pipeline(readable, bytesOfAll, res, ended);
  else pipeline(readable, res, ended);
}

/**
 * Makes the list of headers for writeHead: names and values in turn. Where a name stands in several spellings, its last
 * value counts, as in OpenFaaS's templates. The handler's Content-Length, Transfer-Encoding and Trailer are dropped, as
 * the adapter frames the body: a handler may have copied them from a response of fetch.
 *
 * @param {HeaderValues} headers
 * @param {string | undefined} type content type where the headers name none
 * @param {boolean} isString whether the body is a string
 * @param {boolean} isTypeless whether there is to be no content type, as the status allows no body
 */
function headersOf(headers, type, isString, isTypeless) {
  /** @type {(string | string[])[]} */
  const head = [];
  /** @type {string[]} */
  const names = [];
  let contentType = type;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    const lower = name.toLowerCase();
    if (value === undefined || value === null || FRAMING.has(lower)) continue;
    if (lower === 'content-type') contentType = completeType(value, isString) ?? contentType;
    else {
      const known = names.indexOf(lower);
      const at = known === -1 ? names.push(lower) - 1 : known;
      head[2 * at] = name;
      head[2 * at + 1] = Array.isArray(value) ? value.map(String) : String(value);
    }
  }
  if (contentType !== undefined && !isTypeless) head.push('Content-Type', contentType);
  return head;
}

/**
 * @param {unknown} status
 * @throws {RangeError}
 */
function statusCode(status) {
  const code = Number(status);
  if (Number.isInteger(code) && code >= 200 && code <= 999) return code;
  throw new RangeError(`context.status(${String(status)}): a status is a whole number from 200 to 999`);
}
