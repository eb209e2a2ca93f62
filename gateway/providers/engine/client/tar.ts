/** A file or a folder of an archive. */
export interface Archived {
  /** In ASCII; a folder's ends with a slash. */
  readonly name: string;
  readonly mode: number;
  readonly content?: Buffer;
}

const BLOCK = 512;
/** Bytes that a header has for a name. */
const LONGEST_NAME = 100;

/**
 * Packs files of root's into an archive, as engines take them: ustar, with pax for longer names (POSIX.1-2017, pax).
 * Packages for that either bring native code along, or cut such names.
 */
export function packArchive(entries: readonly Archived[]): Buffer {
  const blocks = entries.flatMap(({ name, mode, content = Buffer.alloc(0) }) => [
    ...(name.length > LONGEST_NAME ? blocksOf('PaxHeader', 'x', 0o644, paxRecord('path', name)) : []),
    ...blocksOf(name.slice(0, LONGEST_NAME), name.endsWith('/') ? '5' : '0', mode, content),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function blocksOf(name: string, type: string, mode: number, content: Buffer): Buffer[] {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): void =>
    void header.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  header.write(name, 0, 'latin1');
  octal(mode, 100, 7);
  octal(0, 108, 7); // user and group: root
  octal(0, 116, 7);
  octal(content.length, 124, 11);
  octal(0, 136, 11); // the time of change
  header.write(type, 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.fill(' ', 148, 156); // the checksum counts its own field as blanks
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

/** `LENGTH KEY=VALUE`, where the length counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.from(`${length}${rest}`, 'latin1');
}
