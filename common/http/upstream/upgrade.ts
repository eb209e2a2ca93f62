import { Agent, STATUS_CODES, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type HttpProxy from 'http-proxy';
import { messageOf } from '../../errors.ts';
import { firstValue } from '../field-lines.ts';
import { HttpError } from '../http-error.ts';
import type { Manner } from '../manner.ts';
import { connectSomewhere, type Connecting, type Elsewhere } from './connecting.ts';
import type { UpstreamAddress } from './upstream-address.ts';
import { endToEndHeaders, MOST_RESPONSE_HEAD, withoutHeader } from './headers.ts';
import { writeNextHead } from './next-write.ts';

/** How an upgrade ended. */
export interface UpgradeOutcome {
  /** 101, or the status with which the function refused. */
  readonly status: number;
  /** Bytes sent to the client, the head of the response included. */
  readonly bytes: number;
  readonly failure: HttpError | undefined;
}

/** The head of a request for an upgrade, as the function gets it. */
export interface UpgradeHead {
  readonly method: string;
  /** The request target. */
  readonly path: string;
  /** End-to-end headers: names and values alternate. */
  readonly headers: readonly string[];
  /** The value of Upgrade: the protocols that the client asks for. */
  readonly protocol: string;
}

/** Methods whose requests usually have no body, and need no Content-Length without one. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/**
 * The request that http-proxy gets in place of the real one: one that it accepts. It would refuse upgrades that are not
 * to WebSocket, but that is for the function to decide. The real head replaces its head before it is sent.
 */
const STAND_IN = { method: 'GET', url: '/', headers: { connection: 'upgrade', upgrade: 'websocket' } };

/** Relays WebSockets and other upgraded connections between client and function, by http-proxy. */
export class UpgradeProxy {
  readonly #address: UpstreamAddress;
  readonly #connecting: Connecting;
  readonly #manner: Manner;
  readonly #carriages = new Map<Socket, Carriage>();
  #proxy: Promise<HttpProxy> | undefined;

  constructor(address: UpstreamAddress, connecting: Connecting, manner: Manner) {
    this.#address = address;
    this.#connecting = connecting;
    this.#manner = manner;
  }

  /**
   * Relays one connection. Resolves when it has closed.
   * @param read the bytes after the request's head that were already read from the client
   * @param elsewhere finds another upstream if this one takes no connection
   */
  async carry(
    request: UpgradeHead,
    socket: Socket,
    read: Buffer,
    elsewhere?: Elsewhere<Connecting>,
  ): Promise<UpgradeOutcome> {
    const carriage = new Carriage(request, socket, this.#manner);
    this.#carriages.set(socket, carriage);
    try {
      this.#proxy ??= this.#createProxy();
      const proxy = await this.#proxy;
      const isSecure = this.#address.origin.startsWith('https:');
      const connect = (): Promise<Socket> => connectSomewhere(this.#connecting, elsewhere, carriage.unwanted);
      await carriage.start(proxy, targetOf(this.#address), read, isSecure ? undefined : connect);
      return await carriage.closed;
    } finally {
      this.#carriages.delete(socket);
    }
  }

  /** Closes all upgraded connections. */
  close(): void {
    for (const carriage of this.#carriages.values()) carriage.close();
  }

  /** Loads http-proxy with the first upgrade, as most functions never have one. */
  async #createProxy(): Promise<HttpProxy> {
    const { default: httpProxy } = await import('http-proxy');
    const proxy = httpProxy.createProxyServer({ ignorePath: true });
    proxy.on('proxyReqWs', (outgoing, _standIn, socket) => this.#carriages.get(socket)?.onOutgoing(outgoing));
    return proxy;
  }
}

function targetOf(address: UpstreamAddress): HttpProxy.ProxyTargetUrl {
  if (address.socketPath !== undefined) return { protocol: 'http:', socketPath: address.socketPath } as never;
  const protocol = address.origin.startsWith('https:') ? 'https:' : 'http:';
  return { protocol, host: address.host, port: String(address.port) };
}

/** One connection that http-proxy relays. */
class Carriage {
  readonly #request: UpgradeHead;
  readonly #socket: Socket;
  readonly #manner: Manner;
  readonly #bytesBefore: number;
  #outgoing: ClientRequest | undefined;
  #upstream: Socket | undefined;
  /** Bytes of a client that has ended its side: http-proxy would put them back, which such a socket does not take. */
  #unread: Buffer | undefined;
  #status = 101;
  #failure: HttpError | undefined;
  readonly #over = new AbortController();
  readonly closed: Promise<UpgradeOutcome>;

  constructor(request: UpgradeHead, socket: Socket, manner: Manner) {
    this.#request = request;
    this.#socket = socket;
    this.#manner = manner;
    this.#bytesBefore = socket.bytesWritten;
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.#over.abort();
        this.#outgoing?.destroy();
        this.#upstream?.destroy();
        const bytes = socket.bytesWritten - this.#bytesBefore;
        resolve({ status: this.#failure?.status ?? this.#status, bytes, failure: this.#failure });
      };
      if (socket.destroyed) end();
      else socket.once('close', end);
    });
  }

  /** Aborts once the client's connection has closed. */
  get unwanted(): AbortSignal {
    return this.#over.signal;
  }

  /** @param connect makes the connection to the function; undefined where http-proxy is to make it */
  async start(
    proxy: HttpProxy,
    target: HttpProxy.ProxyTargetUrl,
    read: Buffer,
    connect: (() => Promise<Socket>) | undefined,
  ): Promise<void> {
    if (this.#socket.destroyed) return;
    try {
      const connection = await connect?.();
      if (this.#socket.destroyed) return void connection?.destroy();
      if (this.#socket.readableEnded) this.#unread = read;
      const agent = connection && Object.assign(new Agent(), { createConnection: () => connection });
      proxy.ws(
        STAND_IN as IncomingMessage,
        this.#socket,
        this.#unread ? Buffer.alloc(0) : read,
        { target, ...(agent && { agent }) },
        this.#fail,
      );
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Changes the request to the function before it is sent. */
  onOutgoing(outgoing: ClientRequest & { maxHeaderSize?: number }): void {
    this.#outgoing = outgoing;
    outgoing.method = this.#request.method;
    outgoing.maxHeaderSize = MOST_RESPONSE_HEAD;
    outgoing.maxHeadersCount = 0; // by default Node silently drops headers past 2000
    outgoing.once('socket', (upstream) => writeNextHead(upstream, requestHead(this.#request)));
    outgoing.once('response', this.#onRefusal);
    outgoing.once('upgrade', this.#onUpgrade);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Relays the head of the function's answer. From now on bytes go in both directions. */
  readonly #onUpgrade = (incoming: IncomingMessage, upstream: Socket): void => {
    this.#upstream = upstream;
    if (this.#unread) upstream.write(this.#unread);
    upstream.once('close', () => this.#socket.destroySoon());
    const { upgrade } = incoming.headers;
    const connection = ['Connection', 'Upgrade', ...(upgrade ? ['Upgrade', upgrade] : [])];
    writeNextHead(this.#socket, responseHead(incoming, connection));
  };

  /** The function does not upgrade: its answer is relayed, and then the connection is closed. */
  readonly #onRefusal = (incoming: IncomingMessage): void => {
    this.#status = incoming.statusCode ?? 500;
    incoming.once('end', () => this.#socket.destroySoon());
    incoming.once('error', () => this.#socket.resetAndDestroy());
    writeNextHead(this.#socket, responseHead(incoming, ['Connection', 'close']));
  };

  readonly #fail = (thrown: unknown): void => {
    if (this.#failure || this.#socket.destroyed) return;
    const text = `Upstream HTTP request error: ${messageOf(thrown)}`;
    this.#failure = thrown instanceof HttpError ? thrown : this.#manner.upstreamFailed(text, thrown);
    if (this.#upstream || this.#status !== 101) this.#socket.destroy();
    else refuseUpgrade(this.#socket, this.#manner, this.#failure);
  };
}

function requestHead({ method, path, headers: given, protocol }: UpgradeHead): string {
  const headers = [...withoutHeader(given, 'expect'), 'Connection', 'Upgrade', 'Upgrade', protocol];
  if (firstValue(headers, 'content-length') === undefined && !BODILESS.has(method))
    headers.push('Content-Length', '0');
  return headText(`${method} ${path} HTTP/1.1`, headers);
}

function responseHead(incoming: IncomingMessage, connection: readonly string[]): string {
  const line = `HTTP/1.1 ${incoming.statusCode} ${incoming.statusMessage ?? ''}`;
  return headText(line, [...endToEndHeaders(incoming.rawHeaders), ...connection]);
}

/** @param headers names and values alternate */
function headText(line: string, headers: readonly string[]): string {
  let head = `${line}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${head}\r\n`;
}

/** Answers a request for an upgrade with an error, and closes the connection. */
export function refuseUpgrade(
  socket: Socket,
  { component }: Manner,
  error: HttpError,
  headers: readonly string[] = [],
): void {
  if (!socket.writable) return;
  const body = `${error.message}\n`;
  const lines = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'Content-Type: text/plain; charset=utf-8',
  ];
  if (!headers.includes('X-OpenFaaS-Internal')) lines.push(`X-OpenFaaS-Internal: ${component}`);
  for (let at = 0; at + 1 < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  lines.push(`Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close');
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroySoon());
}
