import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import type { Project } from '../project.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { singleFunctionStack } from '../stack/stack-file.ts';
import { withoutCredentials } from './credentials.ts';
import { fetchIndex } from './template-index.ts';

const PUBLIC_STORE = 'https://raw.githubusercontent.com/openfaas/store/master/functions.json';

export interface StoreFunctionOptions {
  /** The name in the store. */
  readonly name: string;
  /** The name that it gets; undefined for its name in the store. */
  readonly as: string | undefined;
  /** The architecture: `x86_64` or `arm64`. */
  readonly arch: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Gives a function of OpenFaaS's store in the form of an entry of stack.yaml. OPENFAAS_STORE sets a different store: a
 * URL or a file.
 * @throws KitError NOT_FOUND, INVALID, UNREACHABLE
 */
export async function storeFunction(project: Project, options: StoreFunctionOptions): Promise<FunctionEntry> {
  const address = project.environment.OPENFAAS_STORE || PUBLIC_STORE;
  const shown = withoutCredentials(address);
  const rows = rowsOf(await readIndex(project, address), shown);
  const row = rows.find((candidate) => candidate.name === options.name);
  if (!row) throw new KitError('NOT_FOUND', `no function ${options.name} in the store ${shown}`);
  const images = texts(row.images);
  const image = images[options.arch];
  if (!image) {
    const known = Object.keys(images).join(', ') || 'none';
    throw new KitError(
      'NOT_FOUND',
      `${options.name} has no image for ${options.arch}: it has ${known}; choose with --arch`,
    );
  }
  const name = options.as ?? options.name;
  const [entry] = singleFunctionStack({ name, image, handler: '', lang: '' }).functions;
  if (!entry) throw new KitError('INTERNAL', 'a stack of one function has none');
  return {
    ...entry,
    fprocess: typeof row.fprocess === 'string' ? row.fprocess : '',
    environment: texts(row.environment),
    labels: { ...texts(row.labels), ...options.labels },
    annotations: { ...texts(row.annotations), ...options.annotations },
  };
}

async function readIndex(project: Project, address: string): Promise<string> {
  if (/^https?:/i.test(address)) return fetchIndex(project, address);
  try {
    return await readFile(
      address.startsWith('file:') ? fileURLToPath(address) : resolve(project.folder, address),
      'utf8',
    );
  } catch (error) {
    throw new KitError(
      'UNREACHABLE',
      `cannot read the store ${withoutCredentials(address)}: ${messageOf(error)}`,
    );
  }
}

function rowsOf(text: string, shown: string): Record<string, unknown>[] {
  try {
    const { functions } = fields(JSON.parse(text));
    if (Array.isArray(functions)) return functions.map(fields);
  } catch (error) {
    throw new KitError('INVALID', `${shown} is no function store: ${messageOf(error)}`);
  }
  throw new KitError('INVALID', `${shown} is no function store: it has no list of functions`);
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(fields(value)).map(([key, text]) => [key, String(text)]));
}
