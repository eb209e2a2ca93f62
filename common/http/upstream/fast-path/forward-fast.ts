import { messageOf, systemCodeOf } from '../../../errors.ts';
import { HttpError } from '../../http-error.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { relayHead, relayInformation, relayTrailers } from '../relay-head.ts';
import { isIdempotent, MOST_KEPT, mayBeSentAgain, ONE_PIECE } from '../sent-again.ts';
import type { Elsewhere } from '../connecting.ts';
import type { ResponseHead } from './response-head.ts';
import { MOST_IN_ONE_WRITE } from '../../exchange/message.ts';
import { relayByNode, type Replay } from './replay.ts';
import { ResponseReader, type ResponseSink } from './response-reader.ts';
import type { Carrier, FastConnection } from './fast-connection.ts';
import type { FastPool } from './fast-pool.ts';

/** Errors of a connection that the upstream has closed. */
const CLOSED: ReadonlySet<string | undefined> = new Set([undefined, 'ECONNRESET', 'EPIPE']);

/** The sent bytes of a body before any is sent. All requests share it, as most have no body. */
const NOTHING_SENT: Buffer[] = [];

const LINE_BREAK = Buffer.from('\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** A request as it goes to the upstream. */
export interface FastForwardedRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values alternate. Content-Length is among them, if the body has a length. */
  readonly headers: readonly string[];
}

/**
 * Forwards one request, its head at once and its body as it comes. It uses bare sockets, without Node's parser or
 * client, as long as the fast path can read the response too.
 *
 * A kept-alive connection that the upstream has just closed fails no request: if no byte of a response has come, the
 * request is sent again over a new connection, if its method allows that or the kernel says that the upstream never
 * read it.
 */
export function forwardFast(
  exchange: Exchange,
  request: FastForwardedRequest,
  pool: FastPool,
  elsewhere?: Elsewhere<FastPool>,
): void {
  new FastForwarding(exchange, request, pool, elsewhere).send(pool.take(isIdempotent(request.method)));
}

class FastForwarding implements Carrier, ResponseSink {
  readonly #exchange: Exchange;
  readonly #elsewhere: Elsewhere<FastPool> | undefined;
  #pool: FastPool;
  readonly #method: string;
  readonly #head: string;
  readonly #hasBody: boolean;
  /** The body, if it has arrived whole. */
  readonly #whole: Buffer | undefined;
  /** Whether the body goes out in chunks. */
  readonly #isChunked: boolean;
  #connection: FastConnection | undefined;
  #reader: ResponseReader;
  #mayRetry = false;
  /** The bytes of the body that were sent, in case they must be sent again; undefined where they were too many. */
  #kept: Buffer[] | undefined = NOTHING_SENT;
  #keptBytes = 0;
  #isFlowing = false;
  #isBodyOut = false;
  #length: ResponseHead['length'];
  #hasHead = false;
  #isOwn = false;
  /** Whether the client is slower than the upstream. */
  #isBehind = false;
  #replay: Replay | undefined;

  constructor(
    exchange: Exchange,
    request: FastForwardedRequest,
    pool: FastPool,
    elsewhere: Elsewhere<FastPool> | undefined,
  ) {
    this.#exchange = exchange;
    this.#pool = pool;
    this.#elsewhere = elsewhere;
    this.#method = request.method;
    const { body } = exchange;
    this.#hasBody = body.isAnnounced;
    this.#whole = this.#hasBody && body.isComplete ? body.takeArrived() : undefined;
    const hasNoLength = exchange.request.headers['transfer-encoding'] !== undefined;
    this.#isChunked = hasNoLength && this.#whole === undefined;
    const framing = this.#isChunked
      ? 'Transfer-Encoding: chunked\r\n'
      : `Content-Length: ${this.#whole?.length}\r\n`;
    this.#head = headText(request, hasNoLength ? framing : '');
    this.#reader = new ResponseReader(this, request.method === 'HEAD');
    exchange.onOver((reason) => this.#onOver(reason));
  }

  send(connection: FastConnection): void {
    this.#connection = connection;
    this.#mayRetry = connection.answers > 0;
    connection.take(this);
    if (!this.#hasBody) {
      connection.socket.write(this.#head, 'latin1');
      connection.requestIsOut = true;
    } else if (this.#isFlowing) {
      connection.socket.write(this.#head, 'latin1');
      for (const bytes of this.#kept ?? []) connection.socket.write(bytes);
      connection.requestIsOut = this.#isBodyOut;
    } else {
      this.#sendBody(connection);
    }
  }

  onBytes(bytes: Buffer, isOwn: boolean): boolean {
    if (this.#replay) return this.#replay.push(Buffer.from(bytes));
    const { response } = this.#exchange;
    const { socket } = response;
    const isMuch = bytes.length > MOST_IN_ONE_WRITE;
    this.#isOwn = isOwn;
    if (isMuch) socket?.cork(); // the chunks of one read go out in one write
    try {
      this.#reader.read(bytes);
    } catch (thrown) {
      // Node cannot take a head back: the client must see it before the response breaks off
      if (response.headersSent) this.#exchange.flushHead();
      this.#fail(messageOf(thrown), thrown);
    } finally {
      if (isMuch) socket?.uncork();
    }
    if (this.#exchange.isOver) return true;
    if (this.#exchange.bytesSent === 0 && this.#hasHead) this.#exchange.flushHead();
    const isPending = response.writableLength > 0;
    const mustWait = this.#isBehind && isPending;
    this.#isBehind = false;
    if (mustWait) {
      this.#connection?.share(); // otherwise a thousand slow clients would each hold an empty buffer
      this.#exchange.onceDrained(() => this.#connection?.resume());
    } else if (isOwn ? isPending : isMuch) {
      this.#connection?.lend();
    }
    return !mustWait;
  }

  onDrain(): void {
    if (this.#isFlowing && !this.#exchange.isOver) this.#exchange.body.resume();
  }

  onEnd(): boolean {
    if (this.#replay) {
      this.#replay.end();
      return false;
    }
    if (this.#reader.end()) return false;
    return !this.#reader.hasBegun && this.#connection?.requestIsOut === true;
  }

  onClosed(error: Error | undefined, isUnread: boolean): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection && !this.#reader.hasBegun) this.#pool.lose(connection);
    else if (connection) this.#pool.discard(connection);
    if (this.#replay) return this.#replay.end();
    if (this.#exchange.isOver) return;
    if (this.#wasClosedUnread(error, isUnread)) this.send(this.#pool.takeFresh());
    else if (error && this.#elsewhere && this.#kept && connection?.isMade === false)
      void this.#sendElsewhere(this.#elsewhere(error));
    else this.#fail(error ? messageOf(error) : 'other side closed', error);
  }

  information(status: number, rawHeaders: string[]): void {
    relayInformation(this.#exchange, status, rawHeaders);
  }

  head(head: ResponseHead): void {
    this.#kept = undefined;
    this.#hasHead = true;
    this.#length = head.length;
    relayHead(this.#exchange, head.status, head.reason, head.rawHeaders);
  }

  data(read: Buffer): void {
    const bytes = this.#isOwn || isCopied(read, this.#exchange) ? read : Buffer.from(read);
    if (bytes.length === this.#length) {
      this.#exchange.end(bytes);
    } else if (!this.#exchange.write(bytes)) {
      this.#isBehind = true;
    }
  }

  end(rawTrailers: readonly string[], mayPersist: boolean, hadNoBody: boolean): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (rawTrailers.length > 0) relayTrailers(this.#exchange, rawTrailers);
    const isClean = connection?.requestIsOut === true;
    this.#exchange.end();
    if (this.#reader.hasSurplus) this.#pool.distrust();
    if (!connection) return;
    if (mayPersist && isClean) this.#pool.give(connection, hadNoBody);
    else this.#pool.discard(connection);
  }

  forSlowPath(bytes: Buffer): void {
    this.#kept = undefined;
    this.#replay = relayByNode(this.#exchange, this.#method, Buffer.from(bytes), () =>
      this.#connection?.resume(),
    );
  }

  #onOver(reason: HttpError | undefined): void {
    if (!reason && !this.#replay) return;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) this.#pool.discard(connection);
    this.#replay?.close();
  }

  /**
   * Sends head and body: in one piece if the body has arrived whole. Otherwise it flows, and its start is kept for a
   * second try.
   */
  #sendBody(connection: FastConnection): void {
    const { body } = this.#exchange;
    const { socket } = connection;
    this.#isFlowing = true;
    const whole = this.#whole;
    if (whole) {
      this.#keep(whole);
      this.#isBodyOut = true;
      connection.requestIsOut = true;
      if (whole.length <= ONE_PIECE) {
        socket.write(this.#head + whole.toString('latin1', 0, whole.length), 'latin1');
        return;
      }
      socket.cork();
      socket.write(this.#head, 'latin1');
      socket.write(whole);
      socket.uncork();
      return;
    }
    socket.write(this.#head, 'latin1');
    body.flowInto({
      chunk: (bytes) => this.#sendOn(this.#isChunked ? chunkOf(bytes) : bytes),
      end: () => {
        if (this.#isChunked) this.#sendOn(LAST_CHUNK);
        this.#isBodyOut = true;
        if (this.#connection) this.#connection.requestIsOut = true;
      },
    });
  }

  #sendOn(bytes: Buffer): boolean {
    const isKept = this.#keep(bytes);
    const socket = this.#connection?.socket;
    const takesMore = !socket || socket.write(bytes) || socket.writableLength === 0;
    if (!isKept && takesMore && socket?.writableLength === 0) this.#exchange.request.releaseBytes?.();
    return takesMore;
  }

  /** @returns whether the bytes were kept for a second try */
  #keep(bytes: Buffer): boolean {
    if (!this.#kept) return false;
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > MOST_KEPT) this.#kept = undefined;
    else if (this.#kept === NOTHING_SENT) this.#kept = [bytes];
    else this.#kept.push(bytes);
    return this.#kept !== undefined;
  }

  async #sendElsewhere(found: Promise<FastPool>): Promise<void> {
    try {
      this.#pool = await found;
      if (!this.#exchange.isOver) this.send(this.#pool.takeFresh());
    } catch (thrown) {
      if (thrown instanceof HttpError) this.#exchange.fail(thrown);
      else this.#fail(messageOf(thrown), thrown);
    }
  }

  #wasClosedUnread(error: Error | undefined, isUnread: boolean): boolean {
    const code = systemCodeOf(error);
    if (!this.#mayRetry || this.#reader.hasBegun || !this.#kept) return false;
    if (error && !CLOSED.has(code)) return false;
    return mayBeSentAgain(this.#method, code, isUnread, this.#isOnePiece());
  }

  #isOnePiece(): boolean {
    return !this.#hasBody || (this.#isBodyOut && this.#keptBytes <= ONE_PIECE);
  }

  #fail(text: string, cause: unknown): void {
    this.#exchange.failUpstream(`Upstream HTTP request error: ${text}`, cause);
  }
}

function isCopied(bytes: Buffer, { response }: Exchange): boolean {
  return bytes.length <= MOST_IN_ONE_WRITE && response.joinsWrites === true;
}

function chunkOf(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, LINE_BREAK]);
}

/** @param framing the header that says where the body ends, if none of the headers does */
function headText({ method, path, headers }: FastForwardedRequest, framing: string): string {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${head}${framing}\r\n`;
}
