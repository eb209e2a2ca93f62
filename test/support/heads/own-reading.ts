import { readRequestHead } from '../../../common/http/server/fast-path/request-head.ts';
import type { ResponseHead } from '../../../common/http/upstream/fast-path/response-head.ts';
import {
  ResponseReader,
  type ResponseSink,
} from '../../../common/http/upstream/fast-path/response-reader.ts';
import type { Reading, Refusal } from './reading.ts';

/** The refusal of a message that is left to Node's parser. */
export const NOT_FAST = 'not for the fast path';

export const NOT_WHOLE = 'not whole';

/** Reads a request as the fast path does. */
export function readRequestFast(text: string): Reading | Refusal {
  const end = text.indexOf('\r\n\r\n');
  const head = end === -1 ? undefined : readRequestHead(text, end + 2);
  if (!head) return { refused: NOT_FAST };
  const body = text.slice(end + 4, end + 4 + head.length);
  if (body.length < head.length) return { refused: NOT_WHOLE };
  return {
    hints: [],
    line: [head.method, head.target],
    headers: head.rawHeaders,
    body,
    trailers: [],
    endsByItself: true,
    isPersistent: !head.isLast,
  };
}

class Sink implements ResponseSink {
  readonly hints: string[][] = [];
  body = '';
  trailers: readonly string[] = [];
  isPersistent = false;
  isDone = false;
  isFast = true;
  given: ResponseHead | undefined;

  information(status: number, rawHeaders: string[]): void {
    this.hints.push([String(status), ...rawHeaders]);
  }

  head(head: ResponseHead): void {
    this.given = head;
  }

  data(bytes: Buffer): void {
    this.body += bytes.toString('latin1');
  }

  end(rawTrailers: readonly string[], mayPersist: boolean): void {
    this.trailers = rawTrailers;
    this.isPersistent = mayPersist;
    this.isDone = true;
  }

  forSlowPath(): void {
    this.isFast = false;
  }
}

/**
 * Reads a response as the fast path does.
 * @param pieces its bytes as they come, which are written over
 */
export function readResponseFast(pieces: readonly Buffer[], isForHead: boolean): Reading | Refusal {
  const sink = new Sink();
  const reader = new ResponseReader(sink, isForHead);
  try {
    for (const piece of pieces) if (sink.isFast && !sink.isDone) reader.read(piece);
  } catch (thrown) {
    return { refused: (thrown as Error).message };
  }
  if (!sink.isFast) return { refused: NOT_FAST };
  const endsByItself = sink.isDone;
  if (!reader.end() || !sink.given) return { refused: NOT_WHOLE };
  const { hints, body, trailers, isPersistent, given } = sink;
  const { status, reason, rawHeaders } = given;
  return {
    hints,
    line: [String(status), reason],
    headers: rawHeaders,
    body,
    trailers,
    endsByItself,
    isPersistent,
  };
}
