/** The bytes of a frame's head: the stream, three zeros, and the length in 4 bytes (Docker's API, "Stream format"). */
const HEAD = 8;
/** The largest frame that is accepted, in bytes. */
const LONGEST_FRAME = 16 << 20;

/**
 * Splits the output of a container, in which frames of stdout and stderr alternate.
 * @throws Error where the stream is not made of frames
 */
export async function* outputFrames(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly from: 'stdout' | 'stderr'; readonly bytes: Buffer }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= HEAD) {
      const length = rest.readUInt32BE(4);
      const kind = rest[0] ?? 0;
      if (kind > 2 || length > LONGEST_FRAME) throw new Error('the output of a container came in no frames');
      if (rest.length < HEAD + length) break;
      yield { from: kind === 2 ? 'stderr' : 'stdout', bytes: rest.subarray(HEAD, HEAD + length) };
      rest = rest.subarray(HEAD + length);
    }
  }
}
