import { connect, createServer, type Socket } from 'node:net';
import { startFunction } from './function-child.ts';

/**
 * Relays bytes without looking at them: one connection to the function for each of the client's. With small requests
 * this costs what Node's sockets cost any forwarder.
 */

const target = new URL(startFunction());
createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const port = Number(target.port);
  const upstream = connect({ host: target.hostname, port, noDelay: true, allowHalfOpen: true });
  relay(client, upstream);
  relay(upstream, client);
}).listen({ port: Number(process.env.port), host: '127.0.0.1', backlog: 4096 });

function relay(from: Socket, to: Socket): void {
  from.on('data', (bytes) => {
    if (!to.write(bytes)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
}
