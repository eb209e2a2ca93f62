import { once } from 'node:events';
import { createServer, type Server as SocketServer } from 'node:net';
import type { Server } from 'node:http';

/**
 * Addresses beside the setting's at which the gateway takes connections: those at which containers reach this machine.
 */
export class MoreAddresses {
  readonly #servers = new Map<string, Promise<SocketServer>>();
  #server: Server | undefined;

  /** Connections at all of them are served as this server's own. */
  attach(server: Server): void {
    this.#server = server;
  }

  /** Resolves once connections are taken there. @throws the system's error */
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
    // the options that node:http gives its own
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      if (this.#server) this.#server.emit('connection', socket);
      else socket.destroy();
    });
    server.listen(port, host);
    await once(server, 'listening');
    return server;
  }
}
