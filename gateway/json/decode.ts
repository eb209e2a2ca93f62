import { GatewayError } from '../errors.ts';
import { readAs, ShapeError, type Shape } from './shape.ts';

/** How deep objects and lists may nest, the same as in Go's decoder. */
const DEEPEST = 10_000;

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING: ReadonlySet<number> = new Set([91, 123]);
const CLOSING: ReadonlySet<number> = new Set([93, 125]);

/**
 * Reads a JSON body by the rules of Go's decoder: bytes that are not UTF-8 become U+FFFD; a byte order mark or anything
 * after the document is an error.
 * @throws GatewayError REQUEST_INVALID with one line that names the field
 */
export function decodeJson<T>(body: Buffer, shape: Shape<T>): T {
  if (isTooDeep(body)) {
    throw new GatewayError('REQUEST_INVALID', `the body is JSON that is deeper than ${DEEPEST} levels`);
  }
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (thrown) {
    const why = body.length === 0 ? 'it is empty' : parserReason(thrown);
    throw new GatewayError('REQUEST_INVALID', `the body is not JSON: ${why}`, { cause: thrown });
  }
  try {
    return readAs(shape, value);
  } catch (thrown) {
    if (!(thrown instanceof ShapeError)) throw thrown;
    throw new GatewayError('REQUEST_INVALID', thrown.message, { cause: thrown });
  }
}

/** @returns where the parser stopped, but not the text there, which may be part of a secret */
function parserReason(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `it cannot be read from character ${position} on`;
  return /end of JSON input|Unterminated/i.test(message) ? 'it ends too early' : 'it cannot be read';
}

/** Checks the nesting before parsing, as a million nested lists would take a hundred times their bytes in memory. */
function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (isInText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isInText = false;
    } else if (byte === QUOTE) isInText = true;
    else if (OPENING.has(byte)) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (CLOSING.has(byte)) depth -= 1;
  }
  return false;
}
