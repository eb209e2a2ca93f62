import { STATUS_CODES, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type HttpProxy from 'http-proxy';
import { messageOf } from '../../errors.ts';
import type { HttpError } from '../http-error.ts';
import type { Manner } from '../manner.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import { endToEndHeaders, headerPairs } from './headers.ts';
import { forwardedTarget } from './request-target.ts';

/** How an upgrade ended. */
export interface UpgradeOutcome {
  /** 101, or the status with which the function refused. */
  readonly status: number;
  /** Bytes sent to the client, the head of the response included. */
  readonly bytes: number;
  readonly failure: HttpError | undefined;
}

/** Carries WebSockets and other upgraded connections to the function and back, by http-proxy. */
export class UpgradeProxy {
  readonly #address: UpstreamAddress;
  readonly #manner: Manner;
  readonly #carriages = new Map<IncomingMessage, Carriage>();
  #proxy: HttpProxy | undefined;

  constructor(address: UpstreamAddress, manner: Manner) {
    this.#address = address;
    this.#manner = manner;
  }

  /** Resolves when the connection has closed. */
  async carry(request: IncomingMessage, socket: Socket, head: Buffer): Promise<UpgradeOutcome> {
    this.#proxy ??= await this.#createProxy();
    const carriage = new Carriage(
      request,
      socket,
      forwardedTarget(request.url ?? '/', this.#address.basePath).path,
      this.#manner,
    );
    this.#carriages.set(request, carriage);
    carriage.start(this.#proxy, head, targetOf(this.#address));
    try {
      return await carriage.closed;
    } finally {
      this.#carriages.delete(request);
    }
  }

  /** Breaks off every upgraded connection. */
  close(): void {
    for (const carriage of this.#carriages.values()) carriage.destroy();
  }

  /** http-proxy is loaded when the first upgrade comes; most functions never see one. */
  async #createProxy(): Promise<HttpProxy> {
    const { default: httpProxy } = await import('http-proxy');
    const proxy = httpProxy.createProxyServer({});
    withoutWebSocketCheck(proxy);
    proxy.on('proxyReqWs', (outgoing, request) => this.#carriages.get(request)?.onOutgoing(outgoing));
    return proxy;
  }
}

/** http-proxy closes connections whose upgrade is not to WebSocket; the function shall decide on that. */
function withoutWebSocketCheck(proxy: HttpProxy): void {
  const passes = (proxy as unknown as { wsPasses: { name: string }[] }).wsPasses;
  const at = passes.findIndex((pass) => pass.name === 'checkMethodAndHeader');
  if (at !== -1) passes.splice(at, 1);
}

function targetOf(address: UpstreamAddress): HttpProxy.ProxyTargetUrl {
  if (address.socketPath !== undefined) return { protocol: 'http:', socketPath: address.socketPath } as never;
  const { protocol, hostname } = new URL(address.origin);
  return { protocol, host: hostname, port: String(address.port) };
}

/** One connection's way through the proxy. */
class Carriage {
  readonly #request: IncomingMessage;
  readonly #socket: Socket;
  readonly #path: string;
  readonly #manner: Manner;
  readonly #bytesBefore: number;
  #outgoing: ClientRequest | undefined;
  #upstream: Socket | undefined;
  #status = 101;
  #failure: HttpError | undefined;
  readonly closed: Promise<UpgradeOutcome>;

  constructor(request: IncomingMessage, socket: Socket, path: string, manner: Manner) {
    this.#request = request;
    this.#socket = socket;
    this.#path = path;
    this.#manner = manner;
    this.#bytesBefore = socket.bytesWritten;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#outgoing?.destroy();
        this.#upstream?.destroy();
        const bytes = socket.bytesWritten - this.#bytesBefore;
        resolve({ status: this.#failure?.status ?? this.#status, bytes, failure: this.#failure });
      });
    });
  }

  start(proxy: HttpProxy, head: Buffer, target: HttpProxy.ProxyTargetUrl): void {
    try {
      proxy.ws(this.#request, this.#socket, head, { target, ignorePath: true }, (error) => this.#fail(error));
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Sees the request to the function before it leaves. */
  onOutgoing(outgoing: ClientRequest): void {
    this.#outgoing = outgoing;
    outgoing.path = this.#path; // as it came: http-proxy folds slashes
    // http-proxy would send a refusal's chunks without their framing. It looks away from a response with this mark,
    // which Node itself must not find on it afterwards
    outgoing.prependOnceListener('response', (incoming: Refusal) => {
      incoming.upgrade = true;
    });
    process.nextTick(() => {
      outgoing.once('response', (incoming: Refusal) => {
        incoming.upgrade = false;
        this.#relayRefusal(incoming);
      });
    });
    outgoing.prependOnceListener('upgrade', (incoming: IncomingMessage, upstream: Socket) => {
      incoming.headers = headersAsSent(incoming); // http-proxy sends these: lower-cased, joined, as UTF-8
      this.#socket.setDefaultEncoding('latin1');
      this.#upstream = upstream;
      upstream.once('close', () => this.#socket.destroySoon());
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The function does not upgrade: its answer goes on as it is, and the connection ends with it. */
  #relayRefusal(incoming: IncomingMessage): void {
    this.#status = incoming.statusCode ?? 500;
    const lines = [`HTTP/1.1 ${this.#status} ${incoming.statusMessage ?? ''}`];
    const headers = endToEndHeaders(incoming.rawHeaders);
    for (let at = 0; at + 1 < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
    this.#socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1');
    incoming.pipe(this.#socket);
    incoming.once('end', () => this.#socket.destroySoon());
    incoming.once('error', () => this.#socket.resetAndDestroy());
  }

  #fail(thrown: unknown): void {
    if (this.#failure || this.#socket.destroyed) return;
    const text = `Upstream HTTP request error: ${messageOf(thrown)}`;
    this.#failure = this.#manner.upstreamFailed(text, thrown);
    if (this.#upstream) this.#socket.destroy();
    else refuseUpgrade(this.#socket, this.#manner, this.#failure);
  }
}

interface Refusal extends IncomingMessage {
  upgrade?: boolean;
}

/** The headers of a message in their spelling, each with all its values. */
function headersAsSent(incoming: IncomingMessage): NodeJS.Dict<string | string[]> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of headerPairs(incoming.rawHeaders)) (headers[name] ??= []).push(value);
  return headers;
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
