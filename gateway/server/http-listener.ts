import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import { FastFront } from '../../common/http/server/fast-path/front.ts';
import type { ClientErrors } from '../../common/http/server/client-errors.ts';
import { RequestGate } from '../../common/http/server/gate/request-gate.ts';
import { createHttpServer, serve } from '../../common/http/server/http-server.ts';
import { lingerOnClose } from '../../common/http/server/lingering-close.ts';
import { listen } from './listen.ts';
import type { MoreAddresses } from './more-addresses.ts';
import type { RequestHandler } from './request-handler.ts';

/** A port with what serves its requests: plain ones ahead of Node's server, all others by it. */
export class HttpListener {
  readonly #server: Server;
  readonly #front: FastFront;
  readonly #handler: RequestHandler;

  /** @param readTimeout how long a request's head may take, and an idle connection is kept, in milliseconds */
  constructor(handler: RequestHandler, clientErrors: ClientErrors, readTimeout: number) {
    this.#handler = handler;
    this.#server = createHttpServer(readTimeout);
    const gate = new RequestGate(this.#server, clientErrors, readTimeout);
    serve(this.#server, handler, clientErrors, gate);
    this.#server.on('upgrade', (request, stream, read) => {
      const socket = stream as Socket;
      const head = Buffer.concat([read, gate.release(socket)]);
      handler.upgrade(this.#server, request, socket, head);
    });
    this.#front = new FastFront(this.#server, timerDelay(readTimeout), handler.handle);
    this.#server.on('connection', lingerOnClose);
  }

  /**
   * @param setting what gave the port, for the error
   * @returns the port
   * @throws StartError
   */
  listen(host: string, port: number, setting: string): Promise<number> {
    return listen(this.#server, host, port, setting);
  }

  /** Serves the connections of further addresses as its own. */
  serveAlso(addresses: MoreAddresses): void {
    addresses.attach(this.#server);
  }

  /** Takes no connection any more, and lets the idle ones go. */
  stopListening(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
    this.#front.close();
  }

  /** From now on every response closes its connection. Resolves when none is left, or after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void> {
    return this.#handler.drain(deadlineMs);
  }

  /** Ends every connection at once. */
  closeAll(): void {
    this.#server.close();
    this.#front.kill();
    this.#server.closeAllConnections();
  }
}
