import { sendNodeResponse } from 'srvx/node';

/** @import { ServerResponse } from 'node:http' */

/**
 * What srvx makes of its own responses, for Node.
 *
 * @typedef {{ status: number, statusText: string, headers: string[], body: unknown }} NodeParts
 */

// What HTTP does not allow in a reason phrase.
const NOT_IN_A_REASON = /[^\t\u0020-\u007e\u0080-\u00ff]/g;

/**
 * Sends a web-standard response. Where the handler made it of a text or of bytes, headers and body go to the system in
 * one write, which is most of what a small response costs; a stream is left to srvx.
 *
 * @param {ServerResponse} res
 * @param {Response & { _toNodeResponse?: () => NodeParts }} response
 */
export function send(res, response) {
  try {
    // A response that is not made here, such as that of fetch, is a stream.
    const parts = response._toNodeResponse?.();
    if (parts === undefined) return sendStream(res, response);
    const { status, statusText, headers, body } = parts;
    if (!isWhole(body)) return sendStream(res, { _toNodeResponse: () => parts });
    if (statusText) res.writeHead(status, statusText.replace(NOT_IN_A_REASON, ''), headers);
    else res.writeHead(status, headers);
    res.end(body);
  } catch (error) {
    broken(res, error);
  }
}

/**
 * @param {unknown} body
 * @returns {body is string | Uint8Array | undefined}
 */
function isWhole(body) {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array;
}

/**
 * @param {ServerResponse} res
 * @param {object} response
 */
function sendStream(res, response) {
  sendNodeResponse(res, /** @type {Response} */ (response)).catch((error) => broken(res, error));
}

/**
 * A response that cannot be sent, such as one whose headers HTTP does not allow.
 *
 * @param {ServerResponse} res
 * @param {unknown} error
 */
function broken(res, error) {
  console.error(error);
  if (res.headersSent) res.destroy();
  else res.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(String(error));
}
