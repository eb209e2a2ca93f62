import { once } from 'node:events';
import { createServer, type Server as SocketServer } from 'node:net';
import type { Server } from 'node:http';

/**
 * Listens at further addresses than that of the setting `host`: those at which containers reach this machine.
 */
export class MoreAddresses {
  readonly #servers = new Map<string, Promise<SocketServer>>();
  #server: Server | undefined;

  /** Sets the server that serves the connections of all addresses. */
  attach(server: Server): void {
    this.#server = server;
  }

  /** Listens at an address, unless it does already. @throws the system's error */
  async listen(host: string, port: number): Promise<void> {
    const key = `${host}:${port}`;
    const known = this.#servers.get(key);
    if (known) return void (await known);
    const listening = this.#listen(host, port);
    this.#servers.set(key, listening);
    listening.catch(() => this.#servers.delete(key));
    await listening;
  }

  close(): void {
    for (const listening of this.#servers.values())
      void listening.then(
        (server) => server.close(),
        () => undefined,
      );
    this.#servers.clear();
  }

  async #listen(host: string, port: number): Promise<SocketServer> {
    // the same options as in node:http
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      if (this.#server) this.#server.emit('connection', socket);
      else socket.destroy();
    });
    server.listen(port, host);
    await once(server, 'listening');
    return server;
  }
}
