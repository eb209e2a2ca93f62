import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Project } from '../project.ts';
import { isTemplateName } from '../stack/functions.ts';
import { withProgress } from '../terminal/progress.ts';
import { bundledIndex } from './bundled-files.ts';
import { withoutCredentials } from './credentials.ts';

/** A row of a store index, in OpenFaaS's format. */
export interface StoreRow {
  readonly template: string;
  readonly platform: string;
  readonly language: string;
  readonly source: string;
  readonly description: string;
  readonly repo: string;
  /** The text 'true' or 'false'. */
  readonly official: string;
  readonly recommended: boolean;
}

export interface TemplateStore {
  readonly rows: readonly StoreRow[];
  /** The folder that a `repo` on disk is relative to; undefined where the index came over the network. */
  readonly base: string | undefined;
}

const FETCH_TIMEOUT = 10_000;
const LARGEST_INDEX = 8 << 20;

/**
 * Reads the store: --url, else OPENFAAS_TEMPLATE_STORE_URL, else the index that comes with ofkit.
 * @param url an http, https or file URL, or a path
 * @throws KitError UNREACHABLE where it cannot be read, INVALID where it is no index
 */
export async function readStore(host: Host, url: string | undefined): Promise<TemplateStore> {
  const address = url || host.environment.OPENFAAS_TEMPLATE_STORE_URL;
  if (!address) return { rows: parseIndex(bundledIndex, 'the bundled index'), base: host.folder };
  if (/^https?:/i.test(address)) {
    const shown = withoutCredentials(address);
    const text = await withProgress(host.err, `fetching ${shown}`, fetchIndex(host, address));
    return { rows: parseIndex(text, shown), base: undefined };
  }
  const path = address.startsWith('file:') ? fileURLToPath(address) : resolve(host.folder, address);
  try {
    return { rows: parseIndex(await readFile(path, 'utf8'), address), base: dirname(path) };
  } catch (error) {
    if (error instanceof KitError) throw error;
    throw new KitError('UNREACHABLE', `cannot read the store index ${address}: ${messageOf(error)}`);
  }
}

/** Gives the URL of OpenFaaS's public index, which faas-cli asks by default. */
export function publicIndex(project: Project): string {
  return (
    project.environment.OFKIT_PUBLIC_STORE_URL ||
    'https://raw.githubusercontent.com/openfaas/store/master/templates.json'
  );
}

/**
 * Fetches the text of an http or https URL, which may have a user and a password.
 * @throws KitError UNREACHABLE
 */
export async function fetchIndex(project: Project, url: string): Promise<string> {
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({ maxResponseSize: LARGEST_INDEX });
  try {
    const signal = AbortSignal.any([project.interrupted, AbortSignal.timeout(FETCH_TIMEOUT)]);
    const address = new URL(url);
    const { username, password } = address;
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    address.username = '';
    address.password = '';
    const headers: Record<string, string> = username
      ? { authorization: `Basic ${login.toString('base64')}` }
      : {};
    const response = await fetch(address, { dispatcher, signal, headers });
    if (response.status !== 200) throw new Error(`status ${response.status} instead of 200`);
    return await response.text();
  } catch (error) {
    project.interrupted.throwIfAborted();
    const reason = error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error);
    throw new KitError(
      'UNREACHABLE',
      `cannot fetch the store index ${withoutCredentials(url)} (${reason}): check --url and the network`,
    );
  } finally {
    await dispatcher.destroy();
  }
}

/** Reads an index. @throws KitError INVALID where the text is no index */
function parseIndex(text: string, address: string): StoreRow[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (error) {
    throw new KitError('INVALID', `${address} is no store index: ${messageOf(error)}`);
  }
  if (!Array.isArray(rows)) throw new KitError('INVALID', `${address} is no store index: it is not a list`);
  return rows.map((row: unknown) => readRow(row, address)).sort(byImportance);
}

function readRow(row: unknown, address: string): StoreRow {
  const fields: Record<string, unknown> = typeof row === 'object' && row !== null ? { ...row } : {};
  // An index may come from anybody, so it must not send control characters to the terminal.
  const text = (key: string): string => {
    const value = fields[key];
    return typeof value === 'string' ? value.replaceAll(/\p{Cc}+/gu, ' ') : '';
  };
  if (!isTemplateName(text('template'))) {
    throw new KitError(
      'INVALID',
      `${address} has a row whose template is ${JSON.stringify(fields.template)}: no name`,
    );
  }
  return {
    template: text('template'),
    platform: text('platform'),
    language: text('language'),
    source: text('source'),
    description: text('description'),
    repo: text('repo'),
    official: text('official'),
    recommended: fields.recommended === true,
  };
}

/** Orders rows as faas-cli lists them: recommended ones first, then by name. */
function byImportance(a: StoreRow, b: StoreRow): number {
  return (
    Number(b.recommended) - Number(a.recommended) ||
    compare(a.official, b.official) ||
    compare(a.template.toLowerCase(), b.template.toLowerCase())
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Finds the row of `NAME`, `SOURCE/NAME` or `NAME@REF`. */
export function findRow(store: TemplateStore, name: string): StoreRow | undefined {
  const [plain] = name.split('@');
  return store.rows.find((row) => row.template === plain || `${row.source}/${row.template}` === plain);
}
