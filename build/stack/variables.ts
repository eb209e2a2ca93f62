import { resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { readText } from '../files/read-text.ts';
import type { Environment } from '../../common/settings/read.ts';
import type { Project } from '../project.ts';
import type { FunctionEntry } from './functions.ts';
import { readYaml } from './yaml-file.ts';

/**
 * Gives the variables of a function: its environment, over it its environment files in their order, over them --env.
 * @throws KitError NOT_FOUND for an environment file that does not exist
 */
export async function functionVariables(
  { folder, environment }: Pick<Project, 'folder' | 'environment'>,
  entry: FunctionEntry,
  given: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const variables = { ...entry.environment };
  for (const file of entry.environmentFile) {
    const text = await readText(resolve(folder, file), `environment_file ${file || '""'} of ${entry.name}`);
    Object.assign(
      variables,
      isEnvFile(text) ? readEnvFile(text, file, environment) : readYamlFile(text, file),
    );
  }
  for (const [key, value] of Object.entries(variables))
    if (key === '' || /[=\0]/.test(key) || value.includes('\0'))
      throw new KitError(
        'INVALID',
        `${entry.place}: ${JSON.stringify(key)} in the environment of ${entry.name} cannot be a variable: ` +
          'a name cannot have a =, and neither name nor value can have a byte 0',
      );
  return { ...variables, ...given };
}

/** @throws KitError INVALID where the variables do not stand below `environment`: faas-cli would not see them */
function readYamlFile(text: string, file: string): Record<string, string> {
  const root = readYaml(text, file);
  const [first] = root.isMapping ? root.entries() : [];
  const environment = root.get('environment');
  if (first && environment.keyLine === 0)
    throw new KitError(
      'INVALID',
      `${file} line ${first[1].keyLine}: ${first[0]} stands outside of environment: indent the variables below "environment:"`,
    );
  return environment.record();
}

/** Whether the first line with content is KEY=VALUE or KEY. A YAML file would have `environment:` there. */
function isEnvFile(text: string): boolean {
  const line = meaningfulLines(text)[0]?.text ?? '';
  return /^[^:{["']*=/.test(line) || /^[^\s:#'"{[%=-][^\s:=]*$/.test(line);
}

function meaningfulLines(text: string): { text: string; number: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.trimStart(), number: index + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
}

/**
 * Reads the format of `docker run --env-file`: a value is all text behind the first `=`, quotes included. A key without
 * `=` takes its value from `env`, and is left out where `env` has none.
 */
function readEnvFile(text: string, file: string, env: Environment): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { text: line, number } of meaningfulLines(text)) {
    const mark = line.indexOf('=');
    const key = mark === -1 ? line.trimEnd() : line.slice(0, mark);
    // A line without = that has a quote is the second line of a value, which this format does not have.
    if (key === '' || /\s/.test(key) || (mark === -1 && /["'{}]/.test(key))) {
      throw new KitError(
        'INVALID',
        `${file} line ${number}: "${key}" is no name of a variable: write KEY=VALUE, in one line and without export`,
      );
    }
    const value = mark === -1 ? env[key] : line.slice(mark + 1);
    if (value !== undefined) variables[key] = value;
  }
  return variables;
}
