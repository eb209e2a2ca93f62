import type { ServerResponse } from 'node:http';

/** A response with private fields of Node: the head as text, and whether it is on its way. */
interface WithHead extends ServerResponse {
  readonly _header?: string | null;
  readonly _headerSent?: boolean;
  _send?(chunk: string, encoding: BufferEncoding): boolean;
}

const BEYOND_ASCII = /[\u0080-\u00ff]/;
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304]);

/**
 * Makes header values and the reason leave as Latin-1, one byte for each character. Node writes the head as UTF-8
 * where it goes out together with a string. And once it knows the body's length, it reads a Content-Disposition as
 * UTF-8, and spoils it.
 * @param chunk the next part of the body
 * @param encoding of a string
 * @param length in bytes, where the chunk is the whole body
 * @returns the chunk in the form to write
 */
export function behindHead(
  response: ServerResponse,
  chunk: unknown,
  encoding: unknown,
  length: number | undefined,
): unknown {
  const { _header: head, _headerSent: isSent } = response as WithHead;
  if (isSent === true) return chunk;
  if (typeof head === 'string') return BEYOND_ASCII.test(head) ? bytesOf(chunk, encoding) : chunk;
  if (typeof chunk !== 'string' && !response.hasHeader('content-disposition')) return chunk;
  const values = [response.statusMessage, ...Object.values(response.getHeaders())];
  if (!values.some((value) => BEYOND_ASCII.test(String(value)))) return chunk;
  writeHead(response, length);
  return bytesOf(chunk, encoding);
}

/**
 * Sends the head alone as Latin-1, where Node's flushHeaders would send it as UTF-8.
 * @returns whether it was sent so
 */
export function flushedAsLatin1(response: ServerResponse): boolean {
  const { _headerSent: isSent, _send: send } = response as WithHead;
  if (isSent === true || !send) return false;
  if (!response.headersSent) response.writeHead(response.statusCode);
  send.call(response, '', 'latin1');
  return true;
}

/** Writes the head with the length as its last header. */
function writeHead(response: ServerResponse, length: number | undefined): void {
  const own = response.getHeader('content-length');
  response.removeHeader('content-length');
  const isChunked = response.hasHeader('transfer-encoding') || WITHOUT_BODY.has(response.statusCode);
  const said = own ?? (isChunked ? undefined : length);
  if (said !== undefined) response.setHeader('Content-Length', said);
  response.writeHead(response.statusCode);
}

function bytesOf(chunk: unknown, encoding: unknown): unknown {
  if (typeof chunk !== 'string') return chunk;
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
}
