import { bodyKind, hasBody, parseBody, readBody } from './body.js';
import { FunctionContext } from './context.js';
import { RequestError } from './errors.js';
import { FunctionEvent } from './event.js';
import { isPromise } from './promise.js';
import { Reply } from './reply.js';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Settings } from './settings.js' */
/** @import { Handler } from '../function/openfaas.d.ts' */

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Makes the listener that turns a request into an event, calls the handler, and its result into the response. It knows
 * nothing of ports and processes, so that it can be mounted on any HTTP server.
 *
 * @param {Handler} handler
 * @param {Readonly<Settings>} settings
 * @returns {(req: IncomingMessage, res: ServerResponse) => void}
 */
export function adapt(handler, settings) {
  return (req, res) => {
    const { headers } = req;
    const type = (headers['content-type'] ||= 'text/plain'); // so that a body without a type is a string
    if (!hasBody(req)) return invoke(res, new FunctionEvent(req, undefined));

    const kind = bodyKind(type, settings);
    const refused = (/** @type {unknown} */ error) => refuse(req, res, error);
    const accepted = (/** @type {Buffer} */ bytes) => {
      let event;
      try {
        event = new FunctionEvent(req, parseBody(kind, bytes, type), bytes);
      } catch (error) {
        return refused(error);
      }
      invoke(res, event);
    };
    readBody(req, kind === 'raw' ? settings.rawLimit : settings.parsedLimit, accepted, refused);
  };

  /**
   * @param {ServerResponse} res
   * @param {FunctionEvent} event
   */
  function invoke(res, event) {
    const reply = new Reply(res);
    const context = new FunctionContext(res, reply);
    const answer = (/** @type {unknown} */ value) =>
      reply.result('the result', context.statusCode, context.headerValues, value);
    const crash = (/** @type {unknown} */ error) => reply.crash(context.statusCode, error);
    const settle = (/** @type {unknown} */ value) => {
      if (reply.isSent) return;
      if (value === undefined || value === context) setImmediate(settleEmpty);
      else answer(value);
    };
    // Once all microtasks and ticks have run: an older handler answers in one of them, and returns nothing.
    const settleEmpty = () => {
      if (!reply.isSent) answer(undefined);
    };
    try {
      const result = handler(event, context, context.cb);
      // a thenable may resolve to another one, which Promise.resolve follows
      if (isPromise(result)) Promise.resolve(result).then(settle, crash);
      else settle(result); // a handler that answers later returns a promise
    } catch (error) {
      crash(error);
    }
  }
}

/**
 * Answers at once, but ends the response only after the request: a connection that closes while the client still sends
 * would lose the answer.
 *
 * @param {IncomingMessage} req
 * @param {ServerResponse} res
 * @param {unknown} error
 */
function refuse(req, res, error) {
  const status = error instanceof RequestError ? error.status : 500;
  if (status === 500) console.error(error);
  const text = JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
  res.writeHead(status, { 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(text) });
  res.write(text);
  if (req.complete) res.end();
  else req.once('end', () => res.end()).resume();
}
