import { resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { exists, isFile } from '../files/kinds.ts';
import { readText } from '../files/read-text.ts';
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
  if (/^https?:\/\//i.test(file) && !(await exists(resolve(project.folder, file))))
    throw new KitError('NOT_FOUND', `${file} is a URL, and a stack file is a file: download it`);
  const text = await readText(resolve(project.folder, file), file);
  return parseStack(
    envsubst ? substitute(text, (name) => project.environment[name] ?? '', file) : text,
    file,
  );
}

/** Reads the text of a stack file. @throws KitError INVALID with its line and the form that is expected there */
export function parseStack(text: string, file: string): Stack {
  const root = readYaml(text, file);
  const provider = root.get('provider').get('name');
  const name = provider.text();
  if (!root.isMapping)
    throw new KitError(
      'INVALID',
      `${file} is empty: a stack file begins with "provider: { name: openfaas }"`,
    );
  if (name !== 'openfaas') {
    throw new KitError(
      'INVALID',
      `${placeOf(file, provider.line)}: provider.name is to be "openfaas", not "${name}"`,
    );
  }
  const version = root.get('version');
  if (!['', '1.0'].includes(version.text())) {
    throw new KitError(
      'INVALID',
      `${placeOf(file, version.line)}: version is to be 1.0, not ${version.text()}`,
    );
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
    place: placeOf(file, value.keyLine),
    lang: lang.toLowerCase() === 'dockerfile' ? 'dockerfile' : lang,
    handler: value.get('handler').text(),
    image: value.get('image').text(),
    fprocess: value.get('fprocess').text(),
    environment: value.get('environment').record(),
    environmentFile: value.get('environment_file').texts(),
    secrets: [...new Set(value.get('secrets').texts())], // a file is mounted once
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

/** @param line 0 where there is none */
function placeOf(file: string, line: number): string {
  return line > 0 ? `${file} line ${line}` : file;
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
