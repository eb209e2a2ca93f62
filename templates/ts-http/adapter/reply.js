import { send, sendResult } from './answer.js';

/** @import { ServerResponse } from 'node:http' */

const TEXT = 'text/plain; charset=utf-8';

/** The one answer to a request. A second answer causes a warning, and changes nothing. */
export class Reply {
  #res;
  #isSent = false;

  /** @param {ServerResponse} res */
  constructor(res) {
    this.#res = res;
  }

  get isSent() {
    return this.#isSent;
  }

  /**
   * @param {string} by the name of the way to answer, for the warning
   * @param {unknown} status
   * @param {Readonly<Record<string, unknown>>} headers
   * @param {unknown} value
   */
  result(by, status, headers, value) {
    if (this.#isSent) {
      console.warn(
        `${by} came after the request had been answered, and was dropped: answer once, or return a promise`,
      );
      return;
    }
    this.#isSent = true;
    try {
      sendResult(this.#res, status, headers, value)?.catch((error) => this.#broken(error));
    } catch (error) {
      this.#broken(error);
    }
  }

  /**
   * The handler threw, or its promise rejected. Logged, and a 500 unless the handler had set another error status.
   *
   * @param {unknown} status
   * @param {unknown} error
   */
  crash(status, error) {
    console.error(error);
    if (this.#isSent) return;
    this.#isSent = true;
    this.#sendError(status, error);
  }

  /** @param {unknown} error why the result could not be sent */
  #broken(error) {
    if (this.#res.destroyed) return; // the client has gone, and the stream was stopped for that
    console.error(error);
    this.#sendError(500, error);
  }

  /**
   * @param {unknown} status
   * @param {unknown} error
   */
  #sendError(status, error) {
    const code = Number(status);
    this.#res.statusMessage = ''; // where Node has refused a head, it keeps the reason of that one
    send(this.#res, code >= 400 && code <= 599 ? code : 500, {}, TEXT, textOf(error));
  }
}

/** @param {unknown} error */
function textOf(error) {
  try {
    return String(error);
  } catch {
    return 'the handler failed'; // an object whose toString fails too
  }
}
