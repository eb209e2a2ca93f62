import { readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * The test files of a folder.
 * @param suffix of their names, such as `.containers.ts`
 * @param only names without it; where there are some, those files alone
 */
export function chosenFiles(folder: string, suffix: string, only: readonly string[]): string[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .filter((file) => only.length === 0 || only.some((name) => file.startsWith(`${name}.`)));
  if (files.length === 0) {
    console.error(`${folder} has no file of ${only.join(', ')}`);
    process.exit(2);
  }
  return files.map((file) => path.join(folder, file));
}
