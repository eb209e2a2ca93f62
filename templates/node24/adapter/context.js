/** @import { ServerResponse } from 'node:http' */
/** @import { Callback, HeaderValues } from '../function/openfaas.d.ts' */
/** @import { Reply } from './reply.js' */

/** The handler's means to answer. Fields and methods are those of OpenFaaS's Node templates; `signal` is new. */
export class FunctionContext {
  statusCode = 200;
  /** @type {HeaderValues} */
  headerValues = {};
  cbCalled = 0;

  #res;
  #reply;
  /** @type {AbortController | undefined} */
  #controller;

  /**
   * @param {ServerResponse} res
   * @param {Reply} reply
   */
  constructor(res, reply) {
    this.#res = res;
    this.#reply = reply;
  }

  /**
   * Sets the status. Without an argument, returns the present one.
   *
   * @overload
   * @param {number} code
   * @returns {this}
   * @overload
   * @returns {number}
   * @param {number} [code]
   */
  status(code) {
    if (!code) return this.statusCode;
    this.statusCode = code;
    return this;
  }

  /**
   * Replaces all headers. Without an argument, returns the present ones.
   *
   * @overload
   * @param {HeaderValues | Iterable<readonly [string, string]>} values by their names, or in pairs as Headers and Map
   * @returns {this}
   * @overload
   * @returns {HeaderValues}
   * @param {HeaderValues | Iterable<readonly [string, string]>} [values]
   */
  headers(values) {
    if (!values) return this.headerValues;
    this.headerValues = isPairs(values) ? byName(values) : values;
    return this;
  }

  /** @param {unknown} [value] the body */
  succeed(value) {
    this.cbCalled += 1;
    this.#reply.result('context.succeed', this.statusCode, this.headerValues, value);
  }

  /**
   * Answers with the status that was set, or 500.
   *
   * @param {unknown} [value] the body; of an error, its text
   */
  fail(value) {
    this.cbCalled += 1;
    if (Number(this.statusCode) === 200) this.statusCode = 500;
    if (value) console.error(value);
    const isError = value instanceof Error;
    const headers = isError ? { ...this.headerValues, 'content-type': 'text/plain' } : this.headerValues;
    this.#reply.result(
      'context.fail',
      this.statusCode,
      headers,
      isError ? String(value) : value || undefined,
    );
  }

  /**
   * Answers as the handler's third argument does. OpenFaaS's templates have it here too, for helpers that are given the
   * context alone. A getter, as a request pays for a bound function otherwise that hardly any handler asks for.
   *
   * @returns {Callback}
   */
  get cb() {
    return (error, value) => {
      if (error) this.#reply.crash(this.statusCode, error);
      else this.#reply.result('the callback', this.statusCode, this.headerValues, value);
    };
  }

  /** Aborts when the client, or the watchdog after a timeout, closes the connection before the response is complete. */
  get signal() {
    if (this.#controller) return this.#controller.signal;
    const controller = (this.#controller = new AbortController());
    const res = this.#res;
    const abort = () => {
      if (!res.writableFinished) controller.abort();
    };
    if (res.destroyed) abort();
    else res.once('close', abort);
    return controller.signal;
  }
}

/**
 * @param {HeaderValues | Iterable<readonly [string, string]>} values
 * @returns {values is Iterable<readonly [string, string]>}
 */
function isPairs(values) {
  return typeof values === 'object' && Symbol.iterator in values;
}

/**
 * Gathers pairs by their names. A name that comes again, as Set-Cookie does, has all its values.
 *
 * @param {Iterable<readonly [string, string]>} pairs
 */
function byName(pairs) {
  /** @type {{ [name: string]: string | string[] }} */
  const values = Object.create(null);
  for (const [name, value] of pairs) {
    const before = values[name];
    values[name] = before === undefined ? value : [before, value].flat();
  }
  return values;
}
