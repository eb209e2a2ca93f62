import { join } from 'node:path';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import type { Host } from '../host.ts';
import { REPOSITORY } from '../release.ts';
import type { Stack } from '../stack/functions.ts';
import { bundledTemplates, placeBundled, pullBundled } from './bundled.ts';
import { TEMPLATE_FOLDER } from './language.ts';
import { pullTemplates } from './pull.ts';
import { parseRepository } from './repository.ts';
import { findRow, readStore, type Store, type StoreRow } from './store.ts';

/**
 * Sees to it that a template is in the project's template folder: from where stack.yaml says, else from the store.
 * @param name `NAME` or `NAME@REF`
 * @param sources `configuration.templates` of the stack file
 * @param storeUrl instead of OPENFAAS_TEMPLATE_STORE_URL
 */
export async function ensureTemplate(
  host: Host,
  name: string,
  sources: Stack['templates'] = [],
  storeUrl?: string,
): Promise<void> {
  if (await isFile(join(host.cwd, TEMPLATE_FOLDER, name, 'template.yml'))) return;
  const source = sources.find((entry) => entry.name === name)?.source;
  if (!source) return pullFromStore(host, name, storeUrl);
  const { url, ref } = await parseRepository(source, host.cwd);
  const { plain, pinned } = splitPin(name);
  await pullTemplates(
    host,
    { url, ref: ref || pinned },
    { only: { name: plain, folder: name }, overwrite: true },
  );
}

/** Fetches one template from the store; what comes with ofkit needs no network. */
async function pullFromStore(host: Host, name: string, storeUrl: string | undefined): Promise<void> {
  const { row, store } = await lookUp(host, name, storeUrl);
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
 * @returns the names of the folders that were written
 */
export async function pullRepositoryOf(
  host: Host,
  name: string,
  { overwrite, storeUrl }: { overwrite: boolean; storeUrl: string | undefined },
): Promise<string[]> {
  const { row, store } = await lookUp(host, name, storeUrl);
  const { pinned } = splitPin(name);
  if (row.repo === REPOSITORY && !pinned) return pullBundled(host, overwrite);
  const { url, ref } = await parseRepository(row.repo, store.base);
  return pullTemplates(host, { url, ref: pinned || ref }, { overwrite });
}

async function lookUp(
  host: Host,
  name: string,
  storeUrl: string | undefined,
): Promise<{ row: StoreRow; store: Store }> {
  const store = await readStore(host, storeUrl);
  const row = findRow(store, name);
  if (row) return { row, store };
  throw new KitError(
    'NOT_FOUND',
    `template "${name}" was not found in the template folder or in the store: see "ofkit template store list", ` +
      'or name another store with OPENFAAS_TEMPLATE_STORE_URL',
  );
}

/** `NAME@REF` in its halves. */
function splitPin(name: string): { plain: string; pinned: string } {
  const [plain = name, pinned = ''] = name.split('@');
  return { plain, pinned };
}
