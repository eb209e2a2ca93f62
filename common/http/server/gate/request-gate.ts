import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientErrors } from '../client-errors.ts';
import { GatedConnection, type GateKeeper } from './gated-connection.ts';
import { HeadBudget } from './head-budget.ts';

type Listener = (...args: unknown[]) => void;

/** Stands between the sockets of Node's HTTP server and its parser, so that the parser gets one request at a time. */
export class RequestGate implements GateKeeper {
  readonly budget = new HeadBudget();
  /** The connection whose bytes Node's parser is reading. */
  #reading: GatedConnection | undefined;
  readonly readTimeout: number;
  readonly #clientErrors: ClientErrors;
  readonly #connections = new WeakMap<Socket, GatedConnection>();

  /**
   * @param server a server with no other listeners for connections than its own
   * @param readTimeout milliseconds; 0: no limit
   */
  constructor(server: Server, clientErrors: ClientErrors, readTimeout: number) {
    this.readTimeout = readTimeout;
    this.#clientErrors = clientErrors;
    const takers = server.listeners('connection') as Listener[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      const others = new Set(socket.listeners('end'));
      for (const take of takers) take.call(server, socket);
      this.#stepBetween(socket, others);
    });
  }

  /** @returns a request listener that tells the gate about each request, and then calls `handle` */
  told(handle: RequestListener): RequestListener {
    return (request, response) => {
      this.#reading?.began(request, response);
      handle(request, response);
    };
  }

  /**
   * Stops reading a connection that will carry something other than HTTP.
   * @returns the bytes after the head of its last request
   */
  release(socket: Socket): Buffer {
    const connection = this.#connections.get(socket);
    this.#connections.delete(socket);
    return connection?.release() ?? Buffer.alloc(0);
  }

  isGivenUp(socket: Socket): boolean {
    return this.#clientErrors.isGivenUp(socket);
  }

  refuse(error: Error, socket: Socket): void {
    this.#clientErrors.answer(error, socket);
  }

  answerCut(socket: Socket, part: 'headers' | 'body'): void {
    this.#clientErrors.answerCut(socket, part);
  }

  /**
   * Replaces the listeners of Node's server: for data, so that JavaScript reads the socket, and for the end.
   */
  #stepBetween(socket: Socket, othersOfEnd: ReadonlySet<unknown>): void {
    const parsers = socket.listeners('data') as Listener[];
    for (const listener of parsers) socket.off('data', listener);
    for (const listener of socket.listeners('end') as Listener[])
      if (!othersOfEnd.has(listener)) socket.off('end', listener);
    const connection: GatedConnection = new GatedConnection(this, socket, (bytes) => {
      this.#reading = connection;
      try {
        for (const parse of parsers) parse.call(socket, bytes);
      } finally {
        this.#reading = undefined;
      }
    });
    this.#connections.set(socket, connection);
  }
}
