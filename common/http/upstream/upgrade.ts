import http, { STATUS_CODES, type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { messageOf } from '../../errors.ts';
import type { HttpError } from '../http-error.ts';
import type { Manner } from '../manner.ts';
import type { UpstreamAddress } from './upstream-address.ts';
import { endToEndHeaders, withoutHeader } from './headers.ts';

/** How an upgrade ended. */
export interface UpgradeOutcome {
  /** 101, or the status with which the function refused. */
  readonly status: number;
  /** Bytes sent to the client, the head of the response included. */
  readonly bytes: number;
  readonly failure: HttpError | undefined;
}

/** The head of a request for an upgrade as the function is to get it. */
export interface UpgradeHead {
  readonly method: string;
  /** The request target. */
  readonly path: string;
  /** End-to-end headers, names and values in turn. */
  readonly headers: readonly string[];
  /** The protocols that are asked for. */
  readonly protocol: string;
}

/** Methods of which Node sends no body where none is given. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/** The most that a response's head may have, in bytes. */
const MOST_HEADERS = 1 << 20;

/** Carries WebSockets and other upgraded connections to the function and back. */
export class UpgradeProxy {
  readonly #address: UpstreamAddress;
  readonly #manner: Manner;
  readonly #carriages = new Set<Carriage>();

  constructor(address: UpstreamAddress, manner: Manner) {
    this.#address = address;
    this.#manner = manner;
  }

  /**
   * @param read what was read from the client behind the request's head
   * @returns resolves when the connection has closed
   */
  async carry(request: UpgradeHead, socket: Socket, read: Buffer): Promise<UpgradeOutcome> {
    const carriage = new Carriage(socket, this.#manner);
    this.#carriages.add(carriage);
    carriage.start(request, this.#address, read);
    try {
      return await carriage.closed;
    } finally {
      this.#carriages.delete(carriage);
    }
  }

  /** Breaks off every upgraded connection. */
  close(): void {
    for (const carriage of this.#carriages) carriage.destroy();
  }
}

/** One connection's way to the function. */
class Carriage {
  readonly #socket: Socket;
  readonly #manner: Manner;
  readonly #bytesBefore: number;
  #outgoing: ClientRequest | undefined;
  #upstream: Socket | undefined;
  #status = 101;
  #failure: HttpError | undefined;
  readonly closed: Promise<UpgradeOutcome>;

  constructor(socket: Socket, manner: Manner) {
    this.#socket = socket;
    this.#manner = manner;
    this.#bytesBefore = socket.bytesWritten;
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.#outgoing?.destroy();
        this.#upstream?.destroy();
        const bytes = socket.bytesWritten - this.#bytesBefore;
        resolve({ status: this.#failure?.status ?? this.#status, bytes, failure: this.#failure });
      };
      if (socket.destroyed) end();
      else socket.once('close', end);
    });
  }

  start(request: UpgradeHead, address: UpstreamAddress, read: Buffer): void {
    if (this.#socket.destroyed) return;
    this.#socket.setTimeout(0);
    this.#socket.setNoDelay(true);
    if (read.length > 0) this.#socket.unshift(read);
    try {
      const outgoing = open(request, address);
      this.#outgoing = outgoing;
      outgoing.on('error', this.#fail);
      outgoing.on('response', (incoming) => this.#relayRefusal(incoming));
      outgoing.on('upgrade', (incoming, upstream: Socket, first) => this.#join(incoming, upstream, first));
      outgoing.end();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The function has upgraded: from now on bytes go both ways. */
  #join(incoming: IncomingMessage, upstream: Socket, first: Buffer): void {
    this.#upstream = upstream;
    const socket = this.#socket;
    upstream.setNoDelay(true);
    upstream.on('error', this.#fail);
    upstream.once('close', () => socket.destroySoon());
    const { upgrade } = incoming.headers;
    this.#writeHead(incoming, ['Connection', 'Upgrade', ...(upgrade ? ['Upgrade', upgrade] : [])]);
    if (first.length > 0) upstream.unshift(first);
    upstream.pipe(socket).pipe(upstream);
  }

  /** The function does not upgrade: its answer goes on as it is, and the connection ends with it. */
  #relayRefusal(incoming: IncomingMessage): void {
    this.#status = incoming.statusCode ?? 500;
    this.#writeHead(incoming, ['Connection', 'close']);
    incoming.pipe(this.#socket);
    incoming.once('end', () => this.#socket.destroySoon());
    incoming.once('error', () => this.#socket.resetAndDestroy());
  }

  #writeHead(incoming: IncomingMessage, connection: readonly string[]): void {
    const lines = [`HTTP/1.1 ${incoming.statusCode} ${incoming.statusMessage ?? ''}`];
    const headers = [...endToEndHeaders(incoming.rawHeaders), ...connection];
    for (let at = 0; at + 1 < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  }

  readonly #fail = (thrown: unknown): void => {
    if (this.#failure || this.#socket.destroyed) return;
    const text = `Upstream HTTP request error: ${messageOf(thrown)}`;
    this.#failure = this.#manner.upstreamFailed(text, thrown);
    if (this.#upstream || this.#status !== 101) this.#socket.destroy();
    else refuseUpgrade(this.#socket, this.#manner, this.#failure);
  };
}

/** Node sends a list of headers as it is. */
function open(request: UpgradeHead, address: UpstreamAddress): ClientRequest {
  const { method, path, protocol } = request;
  const headers = [...withoutHeader(request.headers, 'expect'), 'Connection', 'Upgrade', 'Upgrade', protocol];
  const hasLength = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-length');
  if (!hasLength && !BODILESS.has(method)) headers.push('Content-Length', '0');
  return (address.origin.startsWith('https:') ? https : http).request({
    ...(address.socketPath === undefined
      ? { host: address.host, port: address.port }
      : { socketPath: address.socketPath }),
    method,
    path,
    headers: headers as unknown as http.OutgoingHttpHeaders,
    agent: false,
    maxHeaderSize: MOST_HEADERS,
  });
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
