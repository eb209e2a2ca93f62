import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { KitError, messageOf } from '../errors.ts';
import type { FunctionEntry } from './functions.ts';
import { readYaml } from './yaml-file.ts';

/**
 * The variables of a function: its environment, over it its environment files in their order, over them --env.
 * @throws KitError NOT_FOUND for an environment file that is not there
 */
export async function functionVariables(
  cwd: string,
  entry: FunctionEntry,
  given: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const variables = { ...entry.environment };
  for (const file of entry.environmentFile) {
    let text: string;
    try {
      text = await readFile(resolve(cwd, file), 'utf8');
    } catch (error) {
      throw new KitError(
        'NOT_FOUND',
        `environment_file ${file} of ${entry.name} cannot be read: ${messageOf(error)}`,
      );
    }
    Object.assign(variables, readYaml(text, file).get('environment').record());
  }
  return { ...variables, ...given };
}
