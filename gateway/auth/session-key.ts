import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { writeDurably } from '../../common/files/durable-file.ts';
import { StartError } from '../start-error.ts';

const FILE = 'session-key';
const KEY_BYTES = 32;

/**
 * Reads the key that signs sessions, so that they survive restarts. The first start makes it.
 * @throws StartError where the file cannot be read or written
 */
export async function loadSessionKey(stateDir: string): Promise<Buffer> {
  const file = join(stateDir, FILE);
  try {
    const known = await readFile(file).catch((thrown: unknown) => {
      if (systemCodeOf(thrown) === 'ENOENT') return undefined;
      throw thrown;
    });
    if (known && known.length >= KEY_BYTES) return known;
    const key = randomBytes(KEY_BYTES);
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await writeDurably(file, key, 0o600);
    return key;
  } catch (thrown) {
    const text = `cannot read or write ${file}: ${messageOf(thrown)}; set state_dir to a folder of your own`;
    throw new StartError(text, { cause: thrown });
  }
}
