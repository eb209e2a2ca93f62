import { join } from 'node:path';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import type { Host } from '../host.ts';
import { REPOSITORY } from '../release.ts';
import type { Stack } from '../stack/functions.ts';
import { bundledTemplates, placeBundled } from './bundled.ts';
import { TEMPLATE_FOLDER } from './language.ts';
import { pullTemplates, refuseOverwriting } from './pull.ts';
import { parseRepository } from './repository.ts';
import { findRow, readStore } from './store.ts';

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
  if (!source) return pullFromStore(host, name, { overwrite: true, storeUrl });
  const { url, ref } = await parseRepository(source, host.cwd);
  const { plain, pinned } = splitPin(name);
  await pullTemplates(
    host,
    { url, ref: ref || pinned },
    { only: { name: plain, folder: name }, overwrite: true },
  );
}

/** Fetches one template from the store; what comes with ofkit needs no network. */
export async function pullFromStore(
  host: Host,
  name: string,
  { overwrite, storeUrl }: { overwrite: boolean; storeUrl?: string | undefined },
): Promise<void> {
  const store = await readStore(host, storeUrl);
  const row = findRow(store, name);
  if (!row) {
    throw new KitError(
      'NOT_FOUND',
      `template "${name}" was not found in the template folder or in the store: see "ofkit template store list", ` +
        'or name another store with OPENFAAS_TEMPLATE_STORE_URL',
    );
  }
  const { pinned } = splitPin(name);
  const folder = pinned ? `${row.template}@${pinned}` : row.template;
  if (!overwrite) await refuseOverwriting(host, [folder]);
  if (row.repo === REPOSITORY && !pinned && bundledTemplates().includes(row.template)) {
    return placeBundled(host, row.template);
  }
  const { url, ref } = await parseRepository(row.repo, store.base);
  await pullTemplates(host, { url, ref: pinned || ref }, { only: { name: row.template, folder }, overwrite });
}

/** `NAME@REF` in its halves. */
function splitPin(name: string): { plain: string; pinned: string } {
  const [plain = name, pinned = ''] = name.split('@');
  return { plain, pinned };
}
