import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

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
  const loaded = await import(pathToFileURL(path).href);
  for (const exported of [loaded.default, loaded.default?.default, loaded.handler, loaded.default?.handler]) {
    const handler = asHandler(exported);
    if (handler !== undefined) return handler;
  }
  throw new StartError(`${path} exports no handler: write "export default …" or "module.exports = …"`);
}

/** @param {string} path */
function findModule(path) {
  const { resolve } = createRequire(import.meta.url);
  for (const extension of ['', '.mjs', '.cjs']) {
    try {
      return resolve(path + extension);
    } catch {
      // try the next extension
    }
  }
  throw new StartError(`${path} is missing: the handler is to be in this file`);
}
