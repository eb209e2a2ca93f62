import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { messageOf } from '../../../common/errors.ts';
import { GatewayError } from '../../errors.ts';

/** A function that is no Node process has no debugger: who waits for one is let go. */
const PORT_KNOWN_WITHIN_MS = 5000;

/**
 * The debugger's port of a function, which stays while its instances come and go. A debugger that is attached is
 * let go when the code changes, and finds the new instance at the same port.
 */
export class DebuggerPort {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #attached = new Set<Socket>();
  #target: number | undefined;
  #waiting: (() => void)[] = [];

  /** @throws GatewayError PORT_TAKEN */
  static async listen(port: number): Promise<DebuggerPort> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      const text = `debugger port ${port} cannot be used (${messageOf(error)}): choose another`;
      throw new GatewayError('PORT_TAKEN', text, { cause: error });
    }
    return new DebuggerPort(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#join(socket));
  }

  /** @param port where the current instance's debugger listens; undefined lets who comes wait until it is known */
  switchTo(port: number | undefined): void {
    this.#target = port;
    for (const socket of this.#attached) socket.destroy();
    if (port === undefined) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const join of waiting) join();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#waiting = [];
  }

  #join(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#attached.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    if (this.#target !== undefined) return this.#connect(socket, this.#target);
    // The line with the debugger's port can come a little after the function is ready.
    const timer = setTimeout(() => socket.destroy(), PORT_KNOWN_WITHIN_MS);
    socket.once('close', () => clearTimeout(timer));
    this.#waiting.push(() => {
      clearTimeout(timer);
      if (this.#target !== undefined && !socket.destroyed) this.#connect(socket, this.#target);
    });
  }

  #connect(socket: Socket, port: number): void {
    // The inspector builds the address of its WebSocket from the Host header, so bytes can pass as they are.
    const upstream = connect(port, '127.0.0.1');
    this.#attached.add(socket);
    socket.once('close', () => upstream.destroy());
    upstream.once('close', () => socket.destroy());
    upstream.on('error', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  }
}
