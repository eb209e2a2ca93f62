import { NodeRequest } from 'srvx/node';
import { isPromise } from './promise.js';
import { send } from './send.js';
import { replaceGlobals } from './web-globals.js';

/** @import { RequestListener } from 'node:http' */
/** @typedef {(request: Request, context: WebContext) => unknown} WebHandler */

replaceGlobals(); // before the handler's module is loaded

/** The facts that OpenFaaS adds to a web-standard request. */
class WebContext {
  #request;

  /** @param {Request} request */
  constructor(request) {
    this.#request = request;
  }

  /** Aborts when the client, or the watchdog after a timeout, closes the connection before the response is complete. */
  get signal() {
    return this.#request.signal;
  }

  /** The X-Call-Id that the gateway gave the request. */
  get callId() {
    return this.#request.headers.get('x-call-id') ?? undefined;
  }
}

/**
 * Makes the listener that calls a web-standard handler. It knows nothing of ports and processes, so that it can be
 * mounted on any HTTP server.
 *
 * @param {WebHandler} handler
 * @returns {RequestListener}
 */
export function adapt(handler) {
  return (req, res) => {
    const request = /** @type {Request} */ (new NodeRequest({ req, res }));
    try {
      const response = handler(request, new WebContext(request));
      if (!isPromise(response)) return send(res, checked(response));
      Promise.resolve(response).then(
        (made) => send(res, checked(made)),
        (error) => send(res, failed(request, error)),
      );
    } catch (error) {
      send(res, failed(request, error));
    }
  };
}

/** @param {unknown} response the handler's result, of which a promise was awaited */
function checked(response) {
  if (response instanceof Response) return response;
  return failed(undefined, new TypeError(`the handler returned ${typeName(response)}, not a Response`));
}

/**
 * @param {Request | undefined} request
 * @param {unknown} error
 */
function failed(request, error) {
  if (error instanceof Response) return error; // thrown from deep inside, as a redirect or a 404 often is
  if (request?.signal.aborted) return new Response(null, { status: 499 }); // nobody is there to read it
  console.error(error);
  return new Response(String(error), { status: 500 });
}

/** @param {unknown} value */
function typeName(value) {
  return value === null || value === undefined ? String(value) : (value.constructor?.name ?? typeof value);
}
