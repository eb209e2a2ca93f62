import type { OutputListener } from './forked-process.ts';

/** Bytes that are being read, in the order in which they came. */
export interface GatheredOutput {
  bytes(): Buffer;
}

/**
 * Reads output into memory.
 * @param read begins to read it
 */
export function gather(read: (listener: OutputListener) => void): GatheredOutput {
  const chunks: Buffer[] = [];
  read((chunk) => chunks.push(chunk));
  return { bytes: () => (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)) };
}
