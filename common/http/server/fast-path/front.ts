import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientErrors } from '../client-errors.ts';
import { ClientConnection, type ConnectionOwner } from './client-connection.ts';
import type { FastRequest } from './fast-request.ts';
import type { FastResponse } from './fast-response.ts';

/** How often connections that have been idle for too long are closed, in milliseconds. */
const SWEEP_MS = 1000;

/**
 * Stands before Node's HTTP server, and reads simple requests without it. At the first request that the fast path does
 * not read, the connection is handed over to Node's server.
 */
export class FastFront implements ConnectionOwner {
  readonly keepAliveHint: string;
  readonly onRequest: (request: FastRequest, response: FastResponse) => void;
  readonly answerCut: ClientErrors['answerCut'];
  readonly #connections = new Set<ClientConnection>();
  readonly #serveByNode: (socket: Socket) => void;
  readonly #keepAliveMs: number;
  readonly #sweep: NodeJS.Timeout;
  #isClosing = false;

  /**
   * @param server Node's server, whose connections this takes over
   * @param keepAliveMs how long a connection may wait for a request, in milliseconds; 0: for ever
   */
  constructor(
    server: Server,
    keepAliveMs: number,
    clientErrors: ClientErrors,
    onRequest: (request: FastRequest, response: FastResponse) => void,
  ) {
    this.answerCut = clientErrors.answerCut;
    this.#keepAliveMs = keepAliveMs;
    this.keepAliveHint = keepAliveMs === 0 ? '' : `Keep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n`;
    this.onRequest = onRequest;
    const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
    this.#serveByNode = (socket) => {
      for (const listener of listeners) listener.call(server, socket);
    };
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      this.#connections.add(new ClientConnection(this, socket));
    });
    const every = keepAliveMs === 0 ? SWEEP_MS : Math.min(SWEEP_MS, keepAliveMs / 4);
    this.#sweep = setInterval(() => this.#closeOverdue(), Math.max(1, every)).unref();
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  handOver(connection: ClientConnection, socket: Socket): void {
    this.onClosed(connection);
    this.#serveByNode(socket);
  }

  onClosed(connection: ClientConnection): void {
    this.#connections.delete(connection);
  }

  /** Closes the idle connections. The others are closed after their response. */
  close(): void {
    this.#isClosing = true;
    clearInterval(this.#sweep);
    for (const connection of this.#connections) connection.closeIfIdle();
  }

  /** Closes all connections at once. */
  kill(): void {
    this.close();
    for (const connection of this.#connections) connection.close();
  }

  #closeOverdue(): void {
    if (this.#keepAliveMs === 0) return;
    const earliest = performance.now() - this.#keepAliveMs;
    for (const connection of this.#connections) {
      if ((connection.idleSince ?? earliest) < earliest) connection.closeIfIdle();
    }
  }
}
