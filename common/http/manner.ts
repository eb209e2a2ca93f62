import type { HttpError } from './http-error.ts';

/** The differences between the servers that share this code in their manner towards clients. */
export interface Manner {
  /** The value of X-OpenFaaS-Internal, which tells an answer of the server's own from the function's. */
  readonly component: string;
  /**
   * The methods (Allow) that a request is told of whose own Node's parser does not know, with 405. Without them such a
   * request counts as one that cannot be read.
   */
  readonly methods?: readonly string[];
  /**
   * Makes the error of an upstream that could not be reached, broke off, or did not speak HTTP. The cause decides its
   * code.
   */
  upstreamFailed(message: string, cause: unknown): HttpError;
  /**
   * Adds the server's own headers to the head of a response that it relays.
   * @param headers end-to-end headers of the upstream's response, names and values in turn; may be added to
   * @param seconds since the request began
   */
  finishHead(headers: string[], status: number, seconds: number): void;
}
