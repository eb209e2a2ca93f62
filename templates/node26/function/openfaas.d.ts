// The types of a handler, for the editor and the compiler. They belong to the template: change nothing here.

/** The request. */
export interface FunctionEvent<Body = unknown> {
  /**
   * Depends on the content type: the parsed value of JSON, a string for `text/*` or no type, an object for a form, otherwise
   * a Buffer. Undefined where the request has no body. With `RAW_BODY=true` always a Buffer.
   */
  body: Body;
  /** Names are in lower case. */
  headers: { [name: string]: string | string[] | undefined; 'content-type': string };
  method: string;
  /** A repeated name has an array of values. */
  query: { [name: string]: string | string[] | undefined };
  /** Without the query. */
  path: string;
  /** The bytes of the body, to verify a signature. Empty where the request has none. */
  readonly rawBody: Buffer;
}

/** The response. */
export interface FunctionContext {
  /** Sets the status; 200 if never called. */
  status(code: number): this;
  status(): number;
  /** Replaces all headers, given by their names or in pairs, as Headers and Map have them. */
  headers(values: HeaderValues | Iterable<readonly [string, string]>): this;
  headers(): HeaderValues;
  /** Answers. A string, bytes or a stream is sent as it is, anything else as JSON. */
  succeed(result?: unknown): void;
  /** Answers and logs. The status is 500 unless another was set. */
  fail(error?: unknown): void;
  /** The handler's third argument. */
  readonly cb: Callback;
  /** Aborts when the client goes away or the request times out. Pass it to fetch and the like. */
  readonly signal: AbortSignal;
}

export type HeaderValues = { [name: string]: string | number | readonly string[] };

export type Callback = (error?: unknown, result?: unknown) => void;

/**
 * Its return value, or the value of its promise, is the response, unless it has answered by the context or the
 * callback.
 */
export type Handler<Body = unknown> = (
  event: FunctionEvent<Body>,
  context: FunctionContext,
  callback: Callback,
) => unknown;
