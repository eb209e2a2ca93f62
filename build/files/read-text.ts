import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';

/**
 * Reads a text that a user has written: UTF-8, or UTF-16 with its mark, as Windows PowerShell writes it.
 * @param path absolute
 * @param shown the name of the file in the error
 * @throws KitError INVALID with the line that is no text, NOT_FOUND where the file cannot be read
 */
export async function readText(path: string, shown: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown): never => {
    throw new KitError('NOT_FOUND', `${shown} cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  const text = decode(bytes, shown);
  const zero = text.indexOf('\0');
  if (zero === -1) return text;
  const line = text.slice(0, zero).split('\n').length;
  throw new KitError('INVALID', `${shown} line ${line} has a byte 0: it is no text`);
}

function decode(bytes: Buffer, shown: string): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe') return new TextDecoder('utf-16le').decode(bytes);
  if (mark === 'feff') return new TextDecoder('utf-16be').decode(bytes);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const lines = bytes.toString('latin1').split('\n');
  const line = lines.findIndex((one) => !isUtf8(Buffer.from(one, 'latin1'))) + 1;
  throw new KitError('INVALID', `${shown} line ${line} is not UTF-8: save the file in UTF-8`);
}

function reasonOf(error: unknown): string {
  const code = systemCodeOf(error);
  if (code === 'ENOENT') return 'there is no such file';
  return code === 'EISDIR' ? 'it is a folder' : messageOf(error);
}
