import type { Readable } from 'node:stream';

/** Bytes that are being read from one or more streams, in the order in which they came. */
export interface GatheredOutput {
  bytes(): Buffer;
}

/** Reads streams to their end into memory. */
export function gather(...streams: readonly Readable[]): GatheredOutput {
  const chunks: Buffer[] = [];
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined); // the process is gone; its exit tells
  }
  return { bytes: () => Buffer.concat(chunks) };
}
