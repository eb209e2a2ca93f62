// The types of a handler, for the editor and the compiler. They belong to the template: change nothing here.

import type { Readable } from 'node:stream';

/** The request, without its body. */
export interface ForkRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * The default export. Its result is the response: a string, bytes or a stream as it is, anything else as JSON. If it
 * throws, the response is a 500.
 */
export type ForkHandler = (stdin: Readable, request: ForkRequest) => unknown;
