import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

/** The function cannot start: a setting or the handler is not usable. The message is one line with the way out. */
export class StartError extends Error {
  /** @override */
  name = 'StartError';
}

/** Keeps a mistake in a timer, or in a promise that nobody awaits, from ending everyone else's requests. */
export function survive() {
  process.on('uncaughtException', (error) => console.error('uncaught exception:', error));
  process.on('unhandledRejection', (error) => console.error('unhandled rejection:', error));
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {number} the TCP port from http_port, 3000 by default, 0 for any that is free
 * @throws {StartError}
 */
export function readPort(env) {
  const text = env.http_port || '3000';
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new StartError(`http_port=${text} is not a port: set a number from 0 to 65535`);
}

/**
 * Loads the handler of a module: the default export of an ES module, the module.exports of a CommonJS one, or the
 * export `handler` of either.
 *
 * @template T
 * @param {URL} file with or without its extension
 * @param {(exported: unknown) => T | undefined} asHandler makes a handler of an export; undefined where it is none
 * @returns {Promise<T>}
 * @throws {StartError} there is no such file, or no handler in it; an error of the file itself is passed on
 */
export async function loadHandler(file, asHandler) {
  const path = findModule(fileURLToPath(file));
  const loaded = await load(path);
  for (const exported of [loaded.default, loaded.default?.default, loaded.handler, loaded.default?.handler]) {
    const handler = asHandler(exported);
    if (handler !== undefined) return handler;
  }
  throw new StartError(`${path} exports no handler: write "export default …" or "module.exports = …"`);
}

/**
 * A CommonJS module is required, so that it has a module.parent as in OpenFaaS's templates: older ones take its absence
 * for having been started by hand, and listen on a port of their own.
 *
 * @param {string} path
 */
async function load(path) {
  if (isCommonJs(path)) {
    try {
      return { default: require(path) };
    } catch (error) {
      // an ES module in a package that does not say so, with an await at its top
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_REQUIRE_ASYNC_MODULE'))
        throw error;
    }
  }
  return import(pathToFileURL(path).href);
}

/** @param {string} path */
function isCommonJs(path) {
  if (!path.endsWith('.js')) return path.endsWith('.cjs');
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return require(file).type !== 'module';
    if (folder === dirname(folder)) return true;
  }
}

/** @param {string} path */
function findModule(path) {
  for (const extension of ['', '.mjs', '.cjs']) {
    try {
      return require.resolve(path + extension);
    } catch {
      // try the next extension
    }
  }
  throw new StartError(`${path} is missing: the handler is to be in this file`);
}
