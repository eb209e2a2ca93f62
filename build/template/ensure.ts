import { join } from 'node:path';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import type { Host } from '../host.ts';
import { REPOSITORY } from '../release.ts';
import type { FunctionEntry, Stack } from '../stack/functions.ts';
import { bundledTemplates, placeBundled, pullBundled } from './bundled.ts';
import { withoutCredentials } from './credentials.ts';
import { TEMPLATE_FOLDER } from './language.ts';
import { pullTemplates } from './pull.ts';
import { parseRepository } from './repository.ts';
import { findRow, publicIndex, readStore, type TemplateStore, type StoreRow } from './template-index.ts';

/**
 * Fetches a template that is missing in the project's template folder, from its source in stack.yaml, else the store.
 * @param name `NAME` or `NAME@REF`
 * @param sources `configuration.templates` of the stack file
 */
export async function ensureTemplate(
  host: Host,
  name: string,
  sources: Stack['templates'] = [],
): Promise<void> {
  if (await isFile(join(host.folder, TEMPLATE_FOLDER, name, 'template.yml'))) return;
  await pullTemplate(host, name, sources, false);
}

/** Fetches the missing templates of functions, as `ensureTemplate` does. */
export async function ensureTemplates(
  host: Host,
  entries: readonly FunctionEntry[],
  sources: Stack['templates'],
): Promise<void> {
  for (const lang of new Set(entries.map((entry) => entry.lang))) await ensureTemplate(host, lang, sources);
}

/** Fetches one template, even where the project has it. */
export async function pullTemplate(
  host: Host,
  name: string,
  sources: Stack['templates'],
  debug: boolean,
): Promise<void> {
  const { plain, pinned } = splitPin(name);
  const source = (
    sources.find((entry) => entry.name === name) ?? sources.find((entry) => entry.name === plain)
  )?.source;
  if (!source) return pullFromStore(host, name);
  const { url, ref } = await parseRepository(source, host.folder);
  await pullTemplates(
    host,
    { url, ref: ref || pinned },
    { only: { name: plain, folder: name }, overwrite: true, debug },
  );
}

/** Fetches one template from the store. A template that comes with ofkit needs no network. */
async function pullFromStore(host: Host, name: string): Promise<void> {
  const { row, store } = await lookUp(host, name);
  const { pinned } = splitPin(name);
  const folder = pinned ? `${row.template}@${pinned}` : row.template;
  if (row.repo === REPOSITORY && !pinned && bundledTemplates().includes(row.template)) {
    return placeBundled(host, row.template);
  }
  const { url, ref } = await parseRepository(row.repo, store.base);
  const only = { name: row.template, folder };
  await pullTemplates(host, { url, ref: pinned || ref }, { only, overwrite: true });
}

/**
 * Fetches the repository of a template in the store, with all templates that it has, as faas-cli does.
 * @param name `NAME`, `SOURCE/NAME` or `NAME@REF`
 * @param options storeUrl: undefined for OPENFAAS_TEMPLATE_STORE_URL, else the index that comes with ofkit
 * @returns the names of the folders that were written
 */
export async function pullRepositoryOf(
  host: Host,
  name: string,
  { overwrite, debug, storeUrl }: { overwrite: boolean; debug: boolean; storeUrl: string | undefined },
): Promise<string[]> {
  const { row, store } = await lookUp(host, name, storeUrl);
  const { pinned } = splitPin(name);
  if (row.repo === REPOSITORY && !pinned) return pullBundled(host, overwrite);
  const { url, ref } = await parseRepository(row.repo, store.base);
  return pullTemplates(host, { url, ref: pinned || ref }, { overwrite, debug });
}

async function lookUp(
  host: Host,
  name: string,
  storeUrl?: string,
): Promise<{ row: StoreRow; store: TemplateStore }> {
  const store = await readStore(host, storeUrl);
  const row = findRow(store, name);
  if (row) return { row, store };
  const given = storeUrl || host.environment.OPENFAAS_TEMPLATE_STORE_URL;
  // An index that the user names is the only one, as in faas-cli.
  const fallback = given ? undefined : await lookUpPublic(host, name);
  if (typeof fallback === 'object') return fallback;
  const where = given
    ? `the store ${withoutCredentials(given)}`
    : `the store that comes with ofkit, or in OpenFaaS's index ${publicIndex(host)} (${fallback})`;
  throw new KitError(
    'NOT_FOUND',
    `template "${name}" was not found in the template folder or in ${where}: see "ofkit template store list", ` +
      'or name another store with OPENFAAS_TEMPLATE_STORE_URL',
  );
}

/** Looks a template up in the public index. @returns its row, or the reason why there is none */
async function lookUpPublic(
  host: Host,
  name: string,
): Promise<{ row: StoreRow; store: TemplateStore } | string> {
  try {
    const store = await readStore(host, publicIndex(host));
    const row = findRow(store, name);
    return row ? { row, store } : 'which does not list it';
  } catch (error) {
    host.interrupted.throwIfAborted();
    if (!(error instanceof KitError)) throw error;
    return error.message;
  }
}

/** Splits `NAME@REF`. */
function splitPin(name: string): { plain: string; pinned: string } {
  const [plain = name, pinned = ''] = name.split('@');
  return { plain, pinned };
}
