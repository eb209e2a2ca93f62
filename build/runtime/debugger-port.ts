import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { KitError, messageOf } from '../errors.ts';

/**
 * The debugger's port of a function, which stays while its instances come and go. A debugger that is attached is
 * let go when the code changes, and finds the new instance at the same port.
 */
export class DebuggerPort {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: number | undefined;

  /** @throws KitError PORT_TAKEN */
  static async listen(port: number): Promise<DebuggerPort> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      const message = `debugger port ${port} cannot be used (${messageOf(error)}): choose another with --inspect PORT`;
      throw new KitError('PORT_TAKEN', message, { cause: error });
    }
    return new DebuggerPort(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#join(socket));
  }

  /** @param port where the current instance's debugger listens */
  switchTo(port: number): void {
    this.#target = port;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(socket: Socket): void {
    if (this.#target === undefined) return void socket.destroy();
    // The inspector builds the address of its WebSocket from the Host header, so bytes can pass as they are.
    const upstream = connect(this.#target, '127.0.0.1');
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      upstream.destroy();
    });
    upstream.once('close', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    upstream.on('error', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  }
}
