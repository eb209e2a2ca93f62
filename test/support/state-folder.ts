import { newFolder, removeFolder } from './folder.ts';

const made: string[] = [];
process.once('exit', () => made.forEach(removeFolder));

/**
 * A state folder for gateways, which several may use one after another. It is removed with the test process, when all
 * of them have ended: one that still runs would write into it meanwhile.
 */
export function makeStateFolder(): string {
  const folder = newFolder();
  made.push(folder);
  return folder;
}
