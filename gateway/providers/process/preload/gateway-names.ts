import net from 'node:net';

/** The names of the gateway in a cluster (docs.openfaas.com); there it listens on port 8080. */
const NAMES: ReadonlySet<string> = new Set([
  'gateway',
  'gateway.openfaas',
  'gateway.openfaas.svc',
  'gateway.openfaas.svc.cluster.local',
]);
const PORT = 8080;

/**
 * Redirects connections to those names to this gateway. All clients in Node, such as http and fetch, connect through
 * Socket.connect, the only place that sees both name and port.
 * @param address `HOST:PORT` of the gateway
 */
export function redirectGateway(address: string): void {
  const host = address.slice(0, address.lastIndexOf(':'));
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  const original = net.Socket.prototype.connect as (this: net.Socket, ...args: unknown[]) => net.Socket;
  const connect = function connect(this: net.Socket, ...args: unknown[]): net.Socket {
    // net.connect passes its arguments on as one array: options, then the callback
    const given: unknown = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0];
    if (isToGateway(given)) Object.assign(given, { host, port });
    else if (Number(args[0]) === PORT && NAMES.has(String(args[1]).toLowerCase()))
      args.splice(0, 2, port, host);
    return original.apply(this, args);
  };
  net.Socket.prototype.connect = connect as typeof net.Socket.prototype.connect;
}

function isToGateway(options: unknown): options is object {
  if (typeof options !== 'object' || options === null) return false;
  const host = 'host' in options ? options.host : undefined;
  const port = 'port' in options ? Number(options.port) : Number.NaN;
  return typeof host === 'string' && NAMES.has(host.toLowerCase()) && port === PORT;
}
