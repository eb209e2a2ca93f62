import { parseQuery } from './form.js';

/** @import { IncomingMessage } from 'node:http' */
/** @typedef {import('../function/openfaas.d.ts').FunctionEvent['headers']} RequestHeaders */

const NO_BYTES = Buffer.alloc(0);

/** The request as the handler sees it. Its own properties are those of OpenFaaS's Node templates. */
export class FunctionEvent {
  #bytes;

  /**
   * @param {IncomingMessage} req
   * @param {unknown} body parsed by its content type; undefined where the request has none
   * @param {Buffer} [bytes] the body as it came, decompressed
   */
  constructor(req, body, bytes = NO_BYTES) {
    const url = req.url ?? '/';
    const mark = url.indexOf('?');
    this.body = body;
    this.headers = /** @type {RequestHeaders} */ (req.headers);
    this.method = req.method ?? 'GET';
    this.query = mark === -1 ? {} : parseQuery(url.slice(mark + 1));
    this.path = pathOf(mark === -1 ? url : url.slice(0, mark));
    this.#bytes = bytes;
  }

  /** The bytes of the body, to verify a signature. No own property, so that JSON.stringify(event) stays small. */
  get rawBody() {
    return this.#bytes;
  }
}

/** @param {string} target the request target without its query; it may be a whole address, as for a proxy */
function pathOf(target) {
  if (target.startsWith('/') || !URL.canParse(target)) return target;
  return new URL(target).pathname;
}
