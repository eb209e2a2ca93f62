import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { systemCodeOf } from '../../errors.ts';
import { exchangeError, HttpError } from '../http-error.ts';
import type { ServedRequest } from '../exchange/served-request.ts';
import type { Manner } from '../manner.ts';

/** The codes of errors after a client has closed the connection, or its side of it, in the middle of a request. */
const GONE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

/** A request line with a well-formed method (RFC 9110, section 9.1), even one that Node's parser does not know. */
const REQUEST_LINE = /^([!#$%&'*+.^_`|~\dA-Za-z-]{1,100}) \S+ HTTP\/1\.[01]\r?\n/;

/** The answer to a request that could not be read. */
interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly text: string;
  readonly allow?: string;
}

/** Answers requests that could not be read. */
export class ClientErrors {
  readonly #manner: Manner;
  readonly #log: (line: string) => void;
  /** The exchange under way on each connection. */
  readonly #exchanges = new WeakMap<object, ServedRequest>();

  /** Connections on which the start of the next request is unknown. */
  readonly #givenUp = new WeakSet<Socket>();

  /** @param log is called with a line for each request that could not be read */
  constructor(manner: Manner, log: (line: string) => void) {
    this.#manner = manner;
    this.#log = log;
  }

  /** Remembers the exchange under way on a connection. */
  began(exchange: ServedRequest): void {
    this.#exchanges.set(exchange.request.socket, exchange);
  }

  /** Accepts no more requests from a connection. The caller closes it. */
  giveUp(socket: Socket): void {
    this.#givenUp.add(socket);
  }

  isGivenUp(socket: Socket): boolean {
    return this.#givenUp.has(socket);
  }

  readonly answer = (error: Error, socket: Socket): void => {
    const exchange = this.#exchanges.get(socket);
    if (this.#givenUp.has(socket)) return;
    this.giveUp(socket);
    if (!socket.writable || GONE.has(systemCodeOf(error) ?? '')) {
      socket.destroy();
    } else if (exchange && !exchange.response.writableFinished) {
      this.#endBusyConnection(exchange, socket, error);
    } else {
      this.#refuse(socket, error);
    }
  };

  /** Handles an error in the body of the request that is being served, or in a request that was sent after it. */
  #endBusyConnection(exchange: ServedRequest, socket: Socket, error: Error): void {
    if (exchange.request.complete) {
      exchange.response.once('close', () => socket.destroySoon());
      return;
    }
    const text = `the request's body cannot be read: ${parserReason(error)}`;
    exchange.fail(exchangeError('REQUEST_MISFRAMED', text, { cause: error }));
    if (exchange.response.writableFinished) socket.destroySoon();
    else exchange.response.once('close', () => socket.destroySoon());
  }

  #refuse(socket: Socket, error: Error): void {
    const { status, reason, text, allow } = this.#refusalOfMethod(error) ?? refusalOf(error);
    const body = `${text}\n`;
    this.#log(`Refused a request that cannot be read: ${status} ${reason}: ${text}`);
    socket.write(
      [
        `HTTP/1.1 ${status} ${reason}`,
        'Content-Type: text/plain; charset=utf-8',
        `X-OpenFaaS-Internal: ${this.#manner.component}`,
        ...(allow === undefined ? [] : [`Allow: ${allow}`]),
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
    socket.destroySoon();
  }

  #refusalOfMethod(error: Error): Refusal | undefined {
    const { methods } = this.#manner;
    if (!methods || systemCodeOf(error) !== 'HPE_INVALID_METHOD') return undefined;
    const packet =
      'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0);
    const method = REQUEST_LINE.exec(packet.toString('latin1'))?.[1];
    if (method === undefined) return undefined;
    const allow = methods.join(', ');
    const text = `requests are made by ${allow}, not by ${method}`;
    return { status: 405, reason: 'Method Not Allowed', text, allow };
  }
}

function refusalOf(error: Error): Refusal {
  if (error instanceof HttpError)
    return { status: error.status, reason: STATUS_CODES[error.status] ?? '', text: error.message };
  const code = systemCodeOf(error);
  if (code === 'HPE_HEADER_OVERFLOW') {
    return {
      status: 431,
      reason: 'Request Header Fields Too Large',
      text: 'the headers are larger than 1 MiB',
    };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return {
      status: 408,
      reason: 'Request Timeout',
      text: "read_timeout passed before the request's headers were whole",
    };
  }
  return { status: 400, reason: 'Bad Request', text: `the request cannot be read: ${parserReason(error)}` };
}

function parserReason(error: Error): string {
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}
