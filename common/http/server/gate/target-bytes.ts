const LF = 10;

/** A head whose request target has its bytes of 0x80 and above percent-encoded. */
export interface EncodedHead {
  readonly bytes: Buffer;
  /** The target as the client sent it, as Latin-1. */
  readonly sentTarget: string;
}

/**
 * Percent-encodes the request target. Node's parser accepts no bytes of 0x80 and above in it, but some clients send
 * typed text as UTF-8 or Latin-1. Such bytes mean the same as their percent-encoding.
 * @param head the whole head
 * @returns undefined for a head without such bytes
 */
export function encodeTarget(head: Buffer): EncodedHead | undefined {
  if (isAsciiLine(head)) return undefined;
  const lineEnd = head.indexOf(LF);
  const line = head.toString('latin1', 0, lineEnd);
  const start = line.indexOf(' ') + 1;
  const end = line.lastIndexOf(' ');
  const sentTarget = line.slice(start, end);
  const encoded = line.slice(0, start) + encodeBytes(sentTarget) + line.slice(end);
  return { bytes: Buffer.concat([Buffer.from(encoded, 'latin1'), head.subarray(lineEnd)]), sentTarget };
}

/** Whether the first line is ASCII. Most lines are short, and for those a loop is the fastest. */
function isAsciiLine(head: Buffer): boolean {
  for (let at = 0; at < head.length; at += 1) {
    const byte = head[at] ?? LF;
    if (byte === LF) return true;
    if (byte > 127) return false;
  }
  return true;
}

function encodeBytes(text: string): string {
  return text.replaceAll(
    /[\u0080-\u00ff]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
