import http from 'node:http';
import net from 'node:net';
import { behaviour, IDLE } from './command.ts';
import type { Owner } from './owner.ts';
import { until } from './wait.ts';
import { startWatchdog, type StartOptions, type Variables, type Watchdog } from './watchdog.ts';

/** A request as the function got it. */
interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly trailers: NodeJS.Dict<string>;
}

export interface Upstream {
  readonly server: net.Server;
  readonly url: string;
  /** The requests that came, in order. A request is added once it has arrived whole. */
  readonly seen: SeenRequest[];
}

/** Listens on a free port, or at an address, for as long as the owner lives. */
async function listen(owner: Owner, server: net.Server, at?: string): Promise<string> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  owner.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (at === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(at, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') return `unix:${at}`;
  return `http://127.0.0.1:${address.port}`;
}

function answerOk(request: http.IncomingMessage, response: http.ServerResponse): void {
  request.resume().on('end', () => response.end('ok'));
}

/**
 * Plays the function of http mode inside the test.
 * @param handler answers; without one every request is read and answered with 200 `ok`
 * @param at the file of a Unix socket, else a free port is taken
 */
export async function startUpstream(
  owner: Owner,
  handler: http.RequestListener = answerOk,
  at?: string,
): Promise<Upstream> {
  const seen: SeenRequest[] = [];
  const server = http.createServer({ maxHeaderSize: 2 << 20 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders, trailers } = request;
      seen.push({ method, url, headers, rawHeaders, trailers, body: Buffer.concat(chunks) });
    });
    response.on('error', () => undefined);
    handler(request, response);
  });
  server.maxHeadersCount = 0; // Node would silently drop fields past 2000
  return { server, url: await listen(owner, server, at), seen };
}

/** Plays a function that speaks HTTP, correctly or not, byte by byte. */
export async function startRawUpstream(
  owner: Owner,
  handler: (socket: net.Socket, count: number) => void,
): Promise<Omit<Upstream, 'seen'>> {
  let count = 0;
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    count += 1;
    handler(socket, count);
  });
  return { server, url: await listen(owner, server) };
}

export interface Forwarding {
  readonly watchdog: Watchdog;
  readonly upstream: Upstream;
}

/** A watchdog in http mode in front of a function that the test plays. */
export async function startForwarding(
  owner: Owner,
  handler?: http.RequestListener,
  variables: Variables = {},
  options?: StartOptions,
): Promise<Forwarding> {
  const upstream = await startUpstream(owner, handler);
  const watchdog = await startWatchdog(
    owner,
    { mode: 'http', fprocess: IDLE, upstream_url: upstream.url, ...variables },
    options,
  );
  return { watchdog, upstream };
}

/** A watchdog in http mode in front of a function that the test plays byte by byte. */
export async function startRawForwarding(
  owner: Owner,
  handler: (socket: net.Socket, count: number) => void,
  variables: Variables = {},
): Promise<Watchdog> {
  const upstream = await startRawUpstream(owner, handler);
  return startWatchdog(owner, { mode: 'http', fprocess: IDLE, upstream_url: upstream.url, ...variables });
}

let functions = 0;

/**
 * An address of the loopback network that no other function of any test has. It is made of this process's id, as a
 * function's port must be known before it runs.
 */
export function functionAddress(): { host: string; port: number } {
  functions += 1;
  const { pid } = process;
  return { host: `127.${64 + ((pid >> 16) & 63)}.${(pid >> 8) & 255}.${pid & 255}`, port: 3000 + functions };
}

/** The settings of http mode in front of test/fixtures/server.mjs, a function in a process of its own. */
export function serverFunction(variables: Variables = {}): Variables {
  const { host, port } = functionAddress();
  return {
    mode: 'http',
    fprocess: behaviour('server.mjs'),
    upstream_url: `http://${host}:${port}`,
    server_host: host,
    server_port: String(port),
    ...variables,
  };
}

/** A watchdog in http mode in front of test/fixtures/server.mjs, which listens. */
export async function startServing(owner: Owner, variables: Variables = {}): Promise<Watchdog> {
  const watchdog = await startWatchdog(owner, serverFunction(variables));
  await until(async () => (await watchdog.request()).status === 200, 'the function to serve');
  return watchdog;
}
