import type { Agent as UndiciAgent, Dispatcher } from 'undici';
// not from undici's index, which also loads fetch and its caches: 50 ms of the gateway's start, and 9 MiB of its memory
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';

/** A request. `origin` and `path` are used as they are, without normalisation. */
export type ClientRequest = Omit<Dispatcher.RequestOptions, 'origin'> & { readonly origin: string };

/** Sends requests to other servers. It keeps connections for further requests until `close`. */
export class HttpClient {
  readonly #agent: UndiciAgent;

  constructor(options: UndiciAgent.Options = {}) {
    this.#agent = new Agent(options);
  }

  /**
   * Sends a request. The caller must read the answer to its end, or dump it.
   * @throws the error of the connection, or the reason of the signal
   */
  send(options: ClientRequest): Promise<Dispatcher.ResponseData> {
    return request.call(this.#agent, options);
  }

  /** Sends a request to a URL, as `send` does. Redirects are not followed. */
  ask(
    url: string | URL,
    options: Omit<ClientRequest, 'origin' | 'path' | 'method'> & { readonly method?: Dispatcher.HttpMethod },
  ): Promise<Dispatcher.ResponseData> {
    const { origin, pathname, search } = new URL(url);
    return this.send({ method: 'GET', ...options, origin, path: pathname + search });
  }

  /** Closes all connections, which ends the requests under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
