import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { messageOf } from '../../../common/errors.ts';
import { GatewayError } from '../../errors.ts';

/** How long a client waits for the debugger of an instance, in milliseconds. A function that is not Node has none. */
const PORT_KNOWN_WITHIN_MS = 5000;

/**
 * A port for the debugger of a function that stays the same while instances come and go. When the code changes,
 * attached debuggers are disconnected, and find the new instance at the same port.
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

  /** @param port the port of the current instance's debugger; undefined: clients wait until it is known */
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
    // Bytes pass unchanged, as the inspector makes the address of its WebSocket from the Host header.
    const upstream = connect(port, '127.0.0.1');
    this.#attached.add(socket);
    socket.once('close', () => upstream.destroy());
    upstream.once('close', () => socket.destroy());
    upstream.on('error', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  }
}
