import type { HttpError } from './http-error.ts';

/** The differences between the servers that share this code, as clients see them. */
export interface Manner {
  /** The value of X-OpenFaaS-Internal, which marks an error that the server itself answers. */
  readonly component: string;
  /**
   * The methods that exist (Allow), if the server answers requests with an unknown method with 405. Otherwise such a
   * request is an unreadable one, as Node's parser does not know its method.
   */
  readonly methods?: readonly string[];
  /**
   * Makes the error for an upstream that could not be reached, broke off, or did not answer in HTTP. The cause decides
   * its code.
   */
  upstreamFailed(message: string, cause: unknown): HttpError;
  /**
   * Adds the server's own headers to the head of a response that it relays.
   * @param headers end-to-end headers of the upstream's response: names and values alternate; is changed
   * @param seconds the time since the request began
   */
  finishHead(headers: string[], status: number, seconds: number): void;
}
