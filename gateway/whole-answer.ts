/**
 * Reads the body of somebody's answer.
 * @param most bytes
 * @throws Error where it is larger, and what broke the body off
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
