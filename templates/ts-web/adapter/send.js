import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { sendNodeResponse } from 'srvx/node';
import { completeType } from './content-type.js';
import { behindHead, dispositionFirst } from './header-bytes.js';
import { isDecoded } from './web-globals.js';

/** @import { ServerResponse } from 'node:http' */

/**
 * A response of srvx in the form that Node takes.
 *
 * @typedef {{ status: number, statusText: string, headers: string[], body: unknown }} NodeParts
 */

const TEXT = 'text/plain;charset=UTF-8'; // a string in the sense of the Fetch Standard
// The statuses of answers without a body. Node by itself leaves the body out for 204 and 304 alone.
const NO_BODY = new Set([204, 205, 304]);
// Headers by which a message says where its body ends, and what comes behind it.
const CHUNKING = ['transfer-encoding', 'trailer'];
const FRAMING = [...CHUNKING, 'content-length'];
const OF_CODED_BYTES = [...FRAMING, 'content-encoding', 'connection', 'keep-alive'];
// What was made of a response, for a handler that returns the same one again.
const PARTS = Symbol('parts');
// Characters that HTTP does not allow in a reason phrase.
const NOT_IN_A_REASON = /[^\t\u0020-\u007e\u0080-\u00ff]/g;

/**
 * Sends a web-standard response. Where the handler made it of a text or of bytes, headers and body go to the system in
 * one write, which is most of what a small response costs; a stream is left to srvx.
 *
 * @param {ServerResponse} res
 * @param {Response & { _toNodeResponse?: () => NodeParts, [PARTS]?: NodeParts }} response
 */
export function send(res, response) {
  try {
    // A response that is not made here, such as that of fetch, is a stream.
    const parts = (response[PARTS] ??= response._toNodeResponse?.() ?? partsOf(response));
    const { status, body } = parts;
    if (!(status >= 200 && status <= 999))
      throw new RangeError(`Response of status ${status}: a status is a whole number from 200 to 999`);
    const reason = reasonOf(parts);
    const headers = dispositionFirst(withType(parts.headers, typeof body === 'string'));
    if (!isWhole(body)) {
      const dropped = isStream(body) && isDecoded(body) ? OF_CODED_BYTES : CHUNKING;
      return sendStream(res, { ...parts, statusText: reason, headers: without(dropped, headers) });
    }
    const sent = NO_BODY.has(status) ? undefined : body;
    const framed = withLength(headers, status, sent, res.req.method);
    res.writeHead(status, reason, framed);
    res.end(behindHead([reason, ...framed], sent));
  } catch (error) {
    broken(res, error);
  }
}

/**
 * The reason phrase that the handler gave, as far as HTTP allows it, otherwise that of the status.
 *
 * @param {NodeParts} parts
 */
function reasonOf({ status, statusText }) {
  return (statusText && statusText.replace(NOT_IN_A_REASON, '')) || (STATUS_CODES[status] ?? 'unknown');
}

/**
 * @param {unknown} body
 * @returns {body is string | Uint8Array | undefined}
 */
function isWhole(body) {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array;
}

/**
 * @param {unknown} body
 * @returns {body is ReadableStream}
 */
function isStream(body) {
  return body instanceof ReadableStream;
}

/**
 * @param {Response} response
 * @returns {NodeParts}
 */
function partsOf({ status, statusText, headers, body }) {
  return { status, statusText, headers: [...headers].flat(), body: body ?? undefined };
}

/**
 * Completes a content type that is not a whole one: an empty one is dropped, and a short name (`json`, `.css`)
 * becomes the type that it stands for, as in the other templates. A type with a slash is left as the handler wrote
 * it.
 *
 * @param {string[]} headers names and values in turn
 * @param {boolean} isString whether the body is a string
 */
function withType(headers, isString) {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const value = String(headers[at + 1]);
  if (at === -1 || value.includes('/')) return headers;
  const type = completeType(value, isString) ?? (isString ? TEXT : undefined);
  return headers.toSpliced(at, 2, ...(type === undefined ? [] : ['content-type', type]));
}

/**
 * Adds the length of a whole body to the headers. The handler's Content-Length, Transfer-Encoding and Trailer are
 * dropped: it may have copied them from a response of fetch, which had a different body and connection.
 *
 * @param {string[]} headers names and values in turn
 * @param {number} status
 * @param {string | Uint8Array | undefined} body
 * @param {string | undefined} method of the request; an answer to HEAD without a body, and a 304, keep the length that
 *   was set
 */
function withLength(headers, status, body, method) {
  if (body === undefined && (method === 'HEAD' || status === 304)) return without(CHUNKING, headers);
  const framed = without(FRAMING, headers);
  if (status !== 204) framed.push('content-length', String(body === undefined ? 0 : Buffer.byteLength(body)));
  return framed;
}

/**
 * Copies the headers without those of some names. Values that are no strings, such as numbers, become strings.
 *
 * @param {readonly string[]} names in lower case
 * @param {string[]} headers names and values in turn
 */
function without(names, headers) {
  /** @type {string[]} */
  const kept = [];
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = [headers[at], headers[at + 1]];
    if (!names.includes(name.toLowerCase())) kept.push(name, String(value));
  }
  return kept;
}

/**
 * @param {ServerResponse} res
 * @param {NodeParts} parts
 * @throws {TypeError} the body was read before
 */
function sendStream(res, parts) {
  if (isStream(parts.body)) {
    const body = /** @type {never} */ (/** @type {unknown} */ (parts.body)); // its types know Node's streams alone
    if (parts.body.locked || Readable.isDisturbed(body))
      throw new TypeError('the body of the Response was read before: return a new one, or a clone');
    res.strictContentLength = true; // a body of another length breaks the response off
  }
  res.once('close', () => {
    if (res.errored) console.error(res.errored);
  });
  const response = /** @type {Response} */ (/** @type {object} */ ({ _toNodeResponse: () => parts }));
  sendNodeResponse(res, response).catch((error) => broken(res, error));
}

/**
 * A response that cannot be sent, such as one whose headers HTTP does not allow.
 *
 * @param {ServerResponse} res
 * @param {unknown} error
 */
function broken(res, error) {
  console.error(error);
  if (res.headersSent) return void res.destroy();
  res.statusMessage = ''; // where Node has refused a head, it keeps the reason of that one
  const text = Buffer.from(String(error));
  // with a length, as Node also keeps that of the head that it has refused
  res
    .writeHead(500, { 'content-type': 'text/plain; charset=utf-8', 'content-length': text.length })
    .end(text);
}
