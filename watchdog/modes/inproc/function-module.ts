import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../../common/errors.ts';
import { StartError } from '../../errors.ts';
import type { FunctionListener } from './fetch-listener.ts';

/** A function that was loaded. */
export interface FunctionModule {
  readonly listener: FunctionListener;
  /** Frees the function's resources, once no request comes any more. */
  readonly close: (() => unknown) | undefined;
}

type Callable = (...args: unknown[]) => unknown;

/**
 * Finds the file that a handler_path names, as require() finds one: a file with or without its extension, a folder
 * by the `main` of its package.json or by its index.js.
 * @throws StartError FUNCTION_NOT_STARTED
 */
export function findModule(handlerPath: string): string {
  const full = path.resolve(handlerPath);
  const { resolve } = createRequire(path.join(full, 'noop.js'));
  for (const extension of ['', '.mjs', '.cjs']) {
    try {
      return resolve(full + extension);
    } catch {
      // try the next extension
    }
  }
  throw notStarted(`cannot find the function ${JSON.stringify(full)}; see handler_path`);
}

/**
 * Loads a function from CommonJS or an ES module.
 * @param file found by `findModule`
 * @param environment given to `createListener`
 * @throws StartError FUNCTION_NOT_STARTED
 */
export async function loadFunction(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<FunctionModule> {
  let exported: Record<string, unknown>;
  try {
    exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (thrown) {
    throw notStarted(`cannot load the function ${file}: ${messageOf(thrown)}`, thrown);
  }
  const close = member(exported, 'close');
  try {
    const listener = await listenerOf(exported, environment);
    if (listener) return { listener, close };
  } catch (thrown) {
    throw notStarted(`the function ${file} cannot start: ${messageOf(thrown)}`, thrown);
  }
  throw notStarted(
    `${file} exports no function: write "export function createListener(env)" or "export default (request, response) => …"; see handler_path`,
  );
}

async function listenerOf(
  exported: Record<string, unknown>,
  environment: Readonly<Record<string, string>>,
): Promise<FunctionListener | undefined> {
  const create = member(exported, 'createListener');
  if (create) return asCallable(await create({ ...environment }));
  const fetch = member(exported, 'fetch');
  if (fetch) {
    const { listenerOfFetch } = await import('./fetch-listener.ts');
    return listenerOfFetch(fetch as (request: Request) => unknown);
  }
  return asCallable(exported['default']) ?? asCallable(property(exported['default'], 'default'));
}

/** Finds an export by its name, in the module itself or in its default export, which holds everything of CommonJS. */
function member(exported: Record<string, unknown>, name: string): Callable | undefined {
  const own = asCallable(exported[name]);
  if (own) return own;
  for (const owner of [exported['default'], property(exported['default'], 'default')]) {
    const method = asCallable(property(owner, name));
    if (method) return (...args) => Reflect.apply(method, owner, args);
  }
  return undefined;
}

function property(owner: unknown, name: string): unknown {
  if ((typeof owner !== 'object' && typeof owner !== 'function') || owner === null) return undefined;
  return Reflect.get(owner, name);
}

function asCallable(value: unknown): Callable | undefined {
  return typeof value === 'function' ? (value as Callable) : undefined;
}

function notStarted(text: string, cause?: unknown): StartError {
  return new StartError('FUNCTION_NOT_STARTED', text, { cause });
}
