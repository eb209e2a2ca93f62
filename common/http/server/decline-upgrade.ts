import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ExchangeRequest } from '../exchange/message.ts';
import { handOver } from './hand-over.ts';

/** Headers that ask for the upgrade. HTTP2-Settings goes with `Upgrade: h2c` (RFC 7540, section 3.2.1). */
const ASKING: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/**
 * Whether a request wants a connection that only its function could give. Java's HTTP client, for one, offers
 * `Upgrade: h2c` with every first request, body and all; a server may pass the offer over, and has to in HTTP/1.0 (RFC
 * 9110, section 7.8).
 */
export function isRealUpgrade(request: IncomingMessage): boolean {
  const { upgrade, 'transfer-encoding': coding, 'content-length': length } = request.headers;
  const hasBody = coding !== undefined || Number(length ?? 0) > 0;
  return !hasBody && request.httpVersion !== '1.0' && !/^h2c?$/i.test(upgrade ?? '');
}

/**
 * Serves a request as if it had not asked for an upgrade. Node has stopped parsing the connection at its head, so
 * the head is put back without the offer, and the connection starts anew.
 * @param head what Node has read past the request's head
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

/** @returns undefined where nothing else is left */
function withoutOffer(connection: string): string | undefined {
  const words = connection.split(',').map((word) => word.trim());
  return words.filter((word) => !ASKING.has(word.toLowerCase())).join(', ') || undefined;
}
