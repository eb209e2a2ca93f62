import type { Agent as UndiciAgent, Dispatcher } from 'undici';
// undici's index would load all of fetch and its caches too: 50 ms of the gateway's start, and 9 MiB of its memory.
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';

/** A request: `origin` and `path` go out as they are written here. */
export type ClientRequest = Omit<Dispatcher.RequestOptions, 'origin'> & { readonly origin: string };

/** Asks other servers. It keeps connections for the next requests, until it is closed. */
export class HttpClient {
  readonly #agent: UndiciAgent;

  constructor(options: UndiciAgent.Options = {}) {
    this.#agent = new Agent(options);
  }

  /**
   * Sends a request. Its answer is to be read to its end, or dumped.
   * @throws the error of the connection, or the reason of the signal
   */
  send(options: ClientRequest): Promise<Dispatcher.ResponseData> {
    return request.call(this.#agent, options);
  }

  /** Sends a request to a URL, as `send` does. A redirect is not followed. */
  ask(
    url: string | URL,
    options: Omit<ClientRequest, 'origin' | 'path' | 'method'> & { readonly method?: Dispatcher.HttpMethod },
  ): Promise<Dispatcher.ResponseData> {
    const { origin, pathname, search } = new URL(url);
    return this.send({ method: 'GET', ...options, origin, path: pathname + search });
  }

  /** Closes all connections, and so ends what is under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
