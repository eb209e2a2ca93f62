import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { forwardedHeaders, pairsOf } from './forwarded-headers.ts';

const LOOPBACK = '127.0.0.1';
/** What the watchdog takes as well. */
const LARGEST_HEADERS = 1 << 20;
const NO_BYTES = Buffer.alloc(0);

/** An instance of the function behind the front, by its port. */
interface Target {
  readonly port: number;
  inFlight: number;
  onIdle: (() => void) | undefined;
}

/**
 * The port of a function that stays while its instances come and go. Every request goes to the instance that was
 * current when it came and ends there; one that comes while there is none waits for the next.
 */
export class Front {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #target: Target | undefined;
  /** The requests that any instance, the current or a former one, has still to answer. */
  #inFlight = 0;
  #onIdle: (() => void) | undefined;
  #waiting: ((target: Target | undefined) => void)[] = [];
  #closed = false;

  /** @throws KitError PORT_TAKEN */
  static async listen(port: number): Promise<Front> {
    const server = createServer({
      maxHeaderSize: LARGEST_HEADERS,
      requestTimeout: 0,
      keepAliveTimeout: 5000,
    });
    server.listen(port, LOOPBACK);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw new KitError('PORT_TAKEN', portMessage(port, error), { cause: error });
    }
    return new Front(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      void this.#forward(incoming, response);
    });
    server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#upgrade(incoming, socket, head);
    });
  }

  /** Sends what comes from now on to another instance; undefined lets it wait. */
  switchTo(port: number | undefined): void {
    this.#target = port === undefined ? undefined : { port, inFlight: 0, onIdle: undefined };
    if (this.#target) this.#release();
  }

  /**
   * Switches, and resolves once the former instance has answered what it got before.
   * @param port of the next instance; undefined for none yet
   * @param deadlineMs after which it resolves nevertheless
   */
  async handOver(port: number | undefined, deadlineMs: number): Promise<void> {
    const former = this.#target;
    this.switchTo(port);
    if (!former || former.inFlight === 0) return;
    await within(deadlineMs, (resolve) => (former.onIdle = resolve));
  }

  /**
   * Takes no new connections and waits until what is in flight, to former instances too, is answered, at most for
   * `deadlineMs`.
   */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true;
    this.#release();
    this.#server.close();
    this.#server.closeIdleConnections();
    if (this.#inFlight > 0) await within(deadlineMs, (resolve) => (this.#onIdle = resolve));
    this.destroy();
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#closed = true;
    this.#release();
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(this.#target);
  }

  /** The current instance, with one more request in flight; undefined when the front is closed. */
  async #take(): Promise<Target | undefined> {
    const target =
      this.#target ??
      (this.#closed
        ? undefined
        : await new Promise<Target | undefined>((resolve) => this.#waiting.push(resolve)));
    if (target) {
      target.inFlight += 1;
      this.#inFlight += 1;
    }
    return target;
  }

  #give(target: Target): void {
    target.inFlight -= 1;
    this.#inFlight -= 1;
    if (target.inFlight === 0) target.onIdle?.();
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  async #forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = await this.#take();
    if (!target) {
      response.writeHead(503, { connection: 'close' }).end('the function is being stopped\n');
      return;
    }
    response.once('close', () => this.#give(target));
    const { method = 'GET', url = '/', rawHeaders } = incoming;
    const outgoing = request({
      host: LOOPBACK,
      port: target.port,
      method,
      path: url,
      headers: forwardedHeaders(rawHeaders, method),
      maxHeaderSize: LARGEST_HEADERS,
      agent: false,
    });
    outgoing.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, forwardedHeaders(answer.rawHeaders));
      response.write(NO_BYTES); // the head, byte for byte: flushHeaders writes it as UTF-8
      passTrailers(answer, response);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    outgoing.once('error', (error) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(`the function cannot be reached: ${messageOf(error)}\n`);
    });
    // The function learns that its client has gone.
    response.once('close', () => outgoing.destroy());
    passTrailers(incoming, outgoing);
    incoming.pipe(outgoing);
  }

  /** A WebSocket: the request's head as it came, then bytes both ways. */
  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    this.#sockets.add(socket);
    const target = await this.#take();
    if (!target) return void socket.destroy();
    const upstream: Socket = connect(target.port, LOOPBACK);
    upstream.on('error', () => socket.destroy());
    upstream.once('close', () => socket.destroy());
    socket.once('close', () => {
      this.#sockets.delete(socket);
      upstream.destroy();
      this.#give(target);
    });
    const lines = [`${incoming.method ?? 'GET'} ${incoming.url ?? '/'} HTTP/1.1`];
    for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
      lines.push(`${incoming.rawHeaders[index] ?? ''}: ${incoming.rawHeaders[index + 1] ?? ''}`);
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  }
}

/** What comes behind the last chunk goes on behind the last chunk. To be called before `pipe`, which ends the other. */
function passTrailers(from: IncomingMessage, to: OutgoingMessage): void {
  from.once('end', () => {
    if (from.rawTrailers.length > 0) to.addTrailers([...pairsOf(from.rawTrailers)]);
  });
}

/** Resolves when what `listen` was given is called, or past the deadline. */
async function within(deadlineMs: number, listen: (resolve: () => void) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    listen(resolve);
    timer = setTimeout(resolve, deadlineMs);
  });
  clearTimeout(timer);
}

function portMessage(port: number, error: unknown): string {
  const reason = systemCodeOf(error) === 'EADDRINUSE' ? 'is in use' : `cannot be used (${messageOf(error)})`;
  return `port ${port} ${reason}: choose another with --port, or --port 0 for any that is free`;
}
