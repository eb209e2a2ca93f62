import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { store } from '../../state/storage.ts';

/**
 * Reads or creates the id that tells the containers of this gateway from those of others on the same engine. It is a
 * file of the state folder, as the folder's path may be the same for several gateways in containers.
 * @throws GatewayError STORAGE_FAILED
 */
export async function stateId(stateFolder: string): Promise<string> {
  const file = join(stateFolder, 'engine-id');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (/^[0-9a-f]{8}\n$/.test(known)) return known.trim();
  const id = randomBytes(4).toString('hex');
  await store(file, `${id}\n`);
  return id;
}
