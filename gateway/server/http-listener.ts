import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import { FastFront } from '../../common/http/server/fast-path/front.ts';
import type { ClientErrors } from '../../common/http/server/client-errors.ts';
import { RequestGate } from '../../common/http/server/gate/request-gate.ts';
import { createHttpServer, serve } from '../../common/http/server/http-server.ts';
import { listen } from './listen.ts';
import type { MoreAddresses } from './more-addresses.ts';
import type { RequestHandler } from './request-handler.ts';

/** A port that serves HTTP. The fast path serves simple requests, Node's server all others. */
export class HttpListener {
  readonly #server: Server;
  readonly #front: FastFront;
  readonly #handler: RequestHandler;

  /** @param readTimeout how long a request's head may take, and how long an idle connection is kept, in milliseconds */
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
    this.#front = new FastFront(this.#server, timerDelay(readTimeout), clientErrors, handler.handle);
  }

  /**
   * @param setting the name of the port's setting, for the error
   * @returns the port that was taken
   * @throws StartError
   */
  listen(host: string, port: number, setting: string): Promise<number> {
    return listen(this.#server, host, port, setting);
  }

  /** Serves the connections of further addresses too. */
  serveAlso(addresses: MoreAddresses): void {
    addresses.attach(this.#server);
  }

  /** Accepts no more connections, and closes the idle ones. */
  stopListening(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
    this.#front.close();
  }

  /** Closes each connection after its response from now on. Resolves when no request is left, or after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void> {
    return this.#handler.drain(deadlineMs);
  }

  /** Closes all connections at once. */
  closeAll(): void {
    this.#server.close();
    this.#front.kill();
    this.#server.closeAllConnections();
  }
}
