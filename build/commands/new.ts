import { readFile, realpath, rm, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { copyTree } from '../files/copy.ts';
import { insideOf } from '../files/inside.ts';
import { exists, isFolder } from '../files/kinds.ts';
import { replaceFile, replaceFolder } from '../files/staging.ts';
import { SECRETS_FOLDER } from '../gateway-client/secret-files.ts';
import type { Host } from '../host.ts';
import { appendFunction } from '../stack/append.ts';
import { substitute } from '../stack/envsubst.ts';
import { isFunctionName, isTemplateName, type Resources } from '../stack/functions.ts';
import { DEFAULT_STACK_FILE, parseStack, readStack } from '../stack/stack-file.ts';
import { gatewayUrl, renderStack, type NewFunction } from '../stack/stack-text.ts';
import { ensureTemplate } from '../template/ensure.ts';
import { readLanguage, TEMPLATE_FOLDER } from '../template/language.ts';

export interface NewOptions {
  readonly name: string;
  readonly lang: string;
  readonly handler?: string | undefined;
  readonly append?: string | undefined;
  readonly yaml?: string | undefined;
  readonly gateway?: string | undefined;
  readonly prefix?: string | undefined;
  readonly limits: Resources;
  readonly requests: Resources;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** `ofkit new`: writes the handler's folder from the template, .gitignore, and the function's entry in the stack file. */
export async function createFunction(host: Host, options: NewOptions): Promise<void> {
  const lang = options.lang === 'Dockerfile' ? 'dockerfile' : options.lang;
  const handler = options.handler ?? options.name;
  const stackFile = options.append ?? options.yaml ?? DEFAULT_STACK_FILE;
  refuseNames(options.name, lang);
  const folder = await insideOf(host.folder, handler, 'handler');
  if (options.append) await refuseDuplicate(host, options.name, options.append);
  if (await exists(folder))
    throw new KitError('EXISTS', `folder: ${handler} already exists: choose another --handler`);
  if (!options.append && (await exists(resolve(host.folder, stackFile)))) {
    throw new KitError(
      'EXISTS',
      `file: ${stackFile} already exists. Try "ofkit new --append ${stackFile}" instead`,
    );
  }
  const entry: NewFunction = {
    name: options.name,
    lang,
    handler: `./${relative(host.folder, folder)}`,
    image: imageOf(options.name, options.prefix ?? host.environment.OPENFAAS_PREFIX),
    requests: options.requests,
    limits: options.limits,
  };
  const stackText = await stackWith(host, entry, stackFile, options);

  await ensureTemplate(host, lang);
  const template = join(host.folder, TEMPLATE_FOLDER, lang);
  const language = await readLanguage(template);
  if (!(await isFolder(join(template, language.handlerFolder)))) {
    throw new KitError(
      'NOT_FOUND',
      `template ${lang} has no folder ${language.handlerFolder}/ for the handler: name another with handler_folder in its template.yml`,
    );
  }
  await ignoreGenerated(host);
  await replaceFolder(folder, 0o700, (staging) => copyTree(join(template, language.handlerFolder), staging));
  try {
    await writeStack(resolve(host.folder, stackFile), stackText);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  report(host, options, entry, stackFile, language.welcomeMessage);
}

function refuseNames(name: string, lang: string): void {
  if (!isFunctionName(name)) {
    throw new KitError(
      'USAGE',
      `function name can only contain a-z, 0-9 and dashes, 63 at most: "${name}" does not fit`,
    );
  }
  if (!isTemplateName(lang)) {
    throw new KitError('OUTSIDE', `"${lang}" is no name of a template: see "ofkit template store list"`);
  }
}

async function refuseDuplicate(host: Host, name: string, file: string): Promise<void> {
  if (!/\.ya?ml$/.test(file)) {
    throw new KitError(
      'USAGE',
      `when appending to a stack the suffix should be .yml or .yaml: ${file} has another`,
    );
  }
  if (!(await exists(resolve(host.folder, file)))) {
    throw new KitError('NOT_FOUND', `unable to find file: ${file} - leave --append away to make a new one`);
  }
  const stack = await readStack(host, file);
  if (stack.functions.some((entry) => entry.name === name)) {
    throw new KitError('EXISTS', `function ${name} already exists in ${file}: choose another name`);
  }
}

function imageOf(name: string, prefix = ''): string {
  return prefix.trim() ? `${prefix.trim()}/${name}:latest` : `${name}:latest`;
}

/** Makes the stack file's new text, and reads it back to be sure that it has the new function. */
async function stackWith(host: Host, entry: NewFunction, file: string, options: NewOptions): Promise<string> {
  const text = options.append
    ? appendFunction(await readFile(resolve(host.folder, file), 'utf8'), entry, file)
    : renderStack(entry, gatewayUrl(options.gateway, host.environment.OPENFAAS_URL));
  const substituted = (value: string): string =>
    substitute(value, (name) => host.environment[name] ?? '', file);
  const written = parseStack(substituted(text), file).functions.find(({ name }) => name === entry.name);
  for (const key of ['lang', 'handler', 'image'] as const) {
    if (written?.[key] !== substituted(entry[key])) {
      throw new KitError(
        'USAGE',
        `${key} "${entry[key]}" cannot stand in ${file} as it is: use plain characters`,
      );
    }
  }
  return text;
}

async function writeStack(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const mode = await stat(target).then(
    (stats) => stats.mode & 0o777,
    () => 0o600,
  );
  await replaceFile(target, text, mode);
}

/** Adds the folders that are no sources to .gitignore, as faas-cli does. */
async function ignoreGenerated(host: Host): Promise<void> {
  const path = join(host.folder, '.gitignore');
  let text = '';
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (await exists(path)) throw new KitError('INVALID', `.gitignore cannot be read: ${messageOf(error)}`);
  }
  const lines = text.split('\n');
  const missing = [TEMPLATE_FOLDER, 'build', SECRETS_FOLDER].filter((entry) => !lines.includes(entry));
  const updated = `${[...lines, ...missing].join('\n').replaceAll(/^\n+|\n+$/g, '')}\n`;
  if (updated !== text) await replaceFile(await realpath(path).catch(() => path), updated, 0o644);
}

function report(
  host: Host,
  options: NewOptions,
  entry: NewFunction,
  stackFile: string,
  welcome: string,
): void {
  if (options.json) {
    host.out.line(JSON.stringify({ ...entry, stackFile }));
    return;
  }
  host.out.line(`Function created in folder: ${entry.handler.slice(2)}`);
  host.out.line(`Stack file ${options.append ? 'updated' : 'written'}: ${stackFile}`);
  if (!options.quiet && welcome) host.out.line(`\nNotes:\n${welcome.trimEnd()}`);
}
