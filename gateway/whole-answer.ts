/**
 * Reads the whole body of an answer.
 * @param most the largest body, in bytes
 * @throws Error where the body is larger; the stream's error where it breaks off
 */
export async function wholeAnswer(body: AsyncIterable<unknown>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) throw new Error(`its answer is larger than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
