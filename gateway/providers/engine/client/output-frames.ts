/** Bytes of the head of each frame: whose output it is, three zeros, and the length (Docker's API, "Stream format"). */
const HEAD = 8;
/** No frame is longer; one that says so is no frame. */
const LONGEST_FRAME = 16 << 20;

/**
 * The output of a container's commands, as frames that stdout and stderr share.
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
