import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ExchangeRequest } from '../exchange/message.ts';
import { handOver } from './hand-over.ts';

/** Headers that ask for the upgrade. HTTP2-Settings goes with `Upgrade: h2c` (RFC 7540, section 3.2.1). */
const ASKING: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/**
 * Whether a request asks for an upgrade that only its function can give. Others are offers that a server may ignore
 * (RFC 9110, section 7.8): Java's HTTP client sends `Upgrade: h2c` with every first request, even with a body. In
 * HTTP/1.0 every offer must be ignored.
 */
export function isRealUpgrade(request: IncomingMessage): boolean {
  const { upgrade, 'transfer-encoding': coding, 'content-length': length } = request.headers;
  const hasBody = coding !== undefined || Number(length ?? 0) > 0;
  return !hasBody && request.httpVersion !== '1.0' && !/^h2c?$/i.test(upgrade ?? '');
}

/**
 * Serves a request as if it had not asked for an upgrade. Node has stopped parsing the connection after its head, so
 * the head is put back without the offer, and the connection starts again.
 * @param head the bytes that Node has read after the request's head
 */
export function declineUpgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const target = (request as ExchangeRequest).sentTarget ?? request.url ?? '/';
  const lines = [`${request.method ?? 'GET'} ${target} HTTP/${request.httpVersion}`];
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    if (ASKING.has(name.toLowerCase())) continue;
    const words = name.toLowerCase() === 'connection' ? withoutOffer(value) : value;
    if (words !== undefined) lines.push(`${name}: ${words}`);
  }
  const bytes = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]);
  handOver(socket, bytes, () => server.emit('connection', socket));
}

/** @returns the other words of a Connection header; undefined where there are none */
function withoutOffer(connection: string): string | undefined {
  const words = connection.split(',').map((word) => word.trim());
  return words.filter((word) => !ASKING.has(word.toLowerCase())).join(', ') || undefined;
}
