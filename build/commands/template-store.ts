import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { alignColumns } from '../terminal/text-table.ts';
import { pullRepositoryOf } from '../template/ensure.ts';
import { findRow, readStore } from '../template/template-index.ts';
import { withoutCredentials } from '../template/credentials.ts';
import { tellPulled } from './template-pull.ts';

export interface StoreListOptions {
  readonly url?: string | undefined;
  readonly platform: string;
  readonly recommended: boolean;
  readonly official: boolean;
  readonly verbose: boolean;
  readonly json: boolean;
}

/** `ofkit template store list`: prints the rows of the store. */
export async function listStore(host: Host, options: StoreListOptions): Promise<void> {
  const { rows } = await readStore(host, options.url);
  const listed = rows.filter(
    (row) => (!options.recommended || row.recommended) && (!options.official || row.official === 'true'),
  );
  if (options.json) {
    host.out.line(JSON.stringify(listed, undefined, 2));
    return;
  }
  const shown = listed.filter((row) => row.platform.toLowerCase() === options.platform.toLowerCase());
  const more = (cells: string[]): string[] => (options.verbose ? cells : []);
  const heading = ['NAME', 'RECOMMENDED', 'SOURCE', 'DESCRIPTION', ...more(['LANGUAGE', 'PLATFORM'])];
  const lines = shown.map((row) => [
    row.template,
    mark(row.recommended),
    row.source,
    row.description,
    ...more([row.language, row.platform]),
  ]);
  for (const line of alignColumns([heading, ...lines])) host.out.line(line);
}

/** `ofkit template store describe NAME`: prints one row of the store. */
export async function describeStoreTemplate(
  host: Host,
  name: string,
  options: { url?: string | undefined; json: boolean },
): Promise<void> {
  const row = findRow(await readStore(host, options.url), name);
  if (!row) {
    throw new KitError(
      'NOT_FOUND',
      `template "${name}" is not in the store: see "ofkit template store list"`,
    );
  }
  if (options.json) {
    host.out.line(JSON.stringify(row, undefined, 2));
    return;
  }
  const lines = [
    ['Name:', row.template],
    ['Description:', row.description],
    ['Language:', row.language],
    ['Source:', row.source],
    ['Repository:', withoutCredentials(row.repo)],
    ['Platform:', row.platform],
    ['Official:', mark(row.official === 'true')],
    ['Recommended:', mark(row.recommended)],
  ];
  for (const line of alignColumns(lines)) host.out.line(line);
}

/** `ofkit template store pull NAME`: fetches all templates of the repository that has NAME. */
export async function pullStoreTemplate(
  host: Host,
  name: string,
  options: { url?: string | undefined; overwrite: boolean; debug: boolean },
): Promise<void> {
  tellPulled(
    host,
    await pullRepositoryOf(host, name, {
      storeUrl: options.url,
      overwrite: options.overwrite,
      debug: options.debug,
    }),
  );
}

function mark(set: boolean): string {
  return set ? '[x]' : '[ ]';
}
