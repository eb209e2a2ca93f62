import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import type { Project } from '../project.ts';
import { substitute } from './envsubst.ts';
import type { FunctionEntry, Resources, Stack } from './functions.ts';
import { readYaml } from './yaml-file.ts';
import type { YamlValue } from './yaml-values.ts';

export const DEFAULT_STACK_FILE = 'stack.yaml';

/**
 * Finds the stack file that a command reads: `--yaml`, else stack.yaml, else stack.yml.
 * @throws KitError NOT_FOUND
 */
export async function findStackFile(project: Project, given: string | undefined): Promise<string> {
  if (given) return given;
  for (const file of [DEFAULT_STACK_FILE, 'stack.yml']) {
    if (await isFile(resolve(project.folder, file))) return file;
  }
  throw new KitError(
    'NOT_FOUND',
    'there is no stack.yaml here: make one with "ofkit new NAME --lang ts-http", or name it with --yaml',
  );
}

/**
 * Reads a stack file.
 * @param file the path, relative to the project folder
 * @param envsubst whether `${NAME}` is replaced first
 * @throws KitError NOT_FOUND, and INVALID for a file that is no stack
 */
export async function readStack(project: Project, file: string, envsubst = true): Promise<Stack> {
  let text: string;
  try {
    text = await readFile(resolve(project.folder, file), 'utf8');
  } catch (error) {
    throw new KitError('NOT_FOUND', `unable to read ${file}: ${messageOf(error)}`, { cause: error });
  }
  return parseStack(
    envsubst ? substitute(text, (name) => project.environment[name] ?? '', file) : text,
    file,
  );
}

/** Reads a function's entry. @throws KitError INVALID with the file, the line and the form that is expected there */
export function parseStack(text: string, file: string): Stack {
  const root = readYaml(text, file);
  const provider = root.get('provider').get('name').text();
  if (provider !== 'openfaas') {
    throw new KitError('INVALID', `${file}: provider.name is to be "openfaas", not "${provider}"`);
  }
  const version = root.get('version').text();
  if (version !== '' && version !== '1.0') {
    throw new KitError('INVALID', `${file}: version is to be 1.0, not ${version}`);
  }
  const configuration = root.get('configuration');
  return {
    file,
    functions: root
      .get('functions')
      .entries()
      .map(([name, value]) => readFunction(name, value, file)),
    templates: configuration
      .get('templates')
      .items()
      .map((item) => ({ name: item.get('name').text(), source: item.get('source').text() })),
    copy: configuration.get('copy').texts(),
  };
}

function readFunction(name: string, value: YamlValue, file: string): FunctionEntry {
  const lang = value.get('lang').text();
  return {
    name,
    place: value.keyLine > 0 ? `${file} line ${value.keyLine}` : file,
    lang: lang === 'Dockerfile' ? 'dockerfile' : lang,
    handler: value.get('handler').text(),
    image: value.get('image').text(),
    fprocess: value.get('fprocess').text(),
    environment: value.get('environment').record(),
    environmentFile: value.get('environment_file').texts(),
    secrets: value.get('secrets').texts(),
    skipBuild: value.get('skip_build').flag(),
    buildOptions: value.get('build_options').texts(),
    buildArgs: value.get('build_args').record(),
    buildSecrets: value.get('build_secrets').record(),
    namespace: value.get('namespace').text(),
    labels: value.get('labels').record(),
    annotations: value.get('annotations').record(),
    constraints: value.get('constraints').texts(),
    limits: readResources(value.get('limits')),
    requests: readResources(value.get('requests')),
    readOnlyRootFilesystem: value.get('readonly_root_filesystem').flag(),
  };
}

function readResources(value: YamlValue): Resources {
  return { cpu: value.get('cpu').text() || undefined, memory: value.get('memory').text() || undefined };
}

/** Makes a stack of the one function that the command line describes. */
export function singleFunctionStack(given: {
  name: string;
  image: string;
  handler: string;
  lang: string;
}): Stack {
  const { functions, ...rest } = parseStack('provider: { name: openfaas }', 'the command line');
  const entry = readFunction(
    given.name,
    readYaml(JSON.stringify(given), 'the command line'),
    'the command line',
  );
  return { ...rest, functions: [...functions, entry] };
}
