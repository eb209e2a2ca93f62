import { Readable } from 'node:stream';

/**
 * @param {object} source a stream or an async iterable
 * @returns {Readable}
 */
export function readableOf(source) {
  return source instanceof Readable ? source : Readable.from(/** @type {AsyncIterable<unknown>} */ (source));
}

/**
 * Waits for bytes or the end.
 *
 * @param {Readable} readable
 * @returns {Promise<void>} rejects where the stream failed or was closed
 */
export function firstBytes(readable) {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error("the handler's stream was closed before its first byte"));
    if (readable.readable) readable.once('readable', resolve).once('error', reject).once('close', closed);
    else closed();
  });
}

/**
 * Looks at the first chunk of a stream that has one, and leaves it there.
 *
 * @param {Readable} readable
 * @throws {TypeError} it is neither text nor bytes
 */
export function checkFirst(readable) {
  if (!readable.readableObjectMode) return;
  const chunk = /** @type {unknown} */ (readable.read());
  if (chunk === null) return;
  readable.unshift(chunk);
  bytesOf(chunk);
}

/**
 * The chunks of a stream as a response takes them. A chunk that it does not take would end it as if it were whole.
 *
 * @param {AsyncIterable<unknown>} chunks
 * @throws {TypeError} one is neither text nor bytes
 */
export async function* bytesOfAll(chunks) {
  for await (const chunk of chunks) if (chunk !== undefined) yield bytesOf(chunk);
}

/** @param {unknown} chunk */
function bytesOf(chunk) {
  if (chunk === undefined || typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk;
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const kind = typeof chunk === 'object' ? 'objects: make lines of JSON of them' : `a ${typeof chunk}`;
  throw new TypeError(`a handler's stream gives strings and bytes, not ${kind}`);
}
