import { adapt } from './adapter/listener.js';
import { readSettings } from './adapter/settings.js';
import { loadHandler } from './adapter/start.js';

/** @import { RequestListener } from 'node:http' */
/** @import { Handler } from './function/openfaas.d.ts' */

/**
 * Loads function/handler and makes the request listener that serves it. The caller decides where it listens.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<RequestListener>}
 * @throws {import('./adapter/start.js').StartError} a setting or the handler is not usable
 */
export async function createListener(env) {
  const settings = readSettings(env);
  const handler = await loadHandler(new URL('./function/handler', import.meta.url), asHandler);
  return adapt(handler, settings);
}

/** @param {unknown} exported */
function asHandler(exported) {
  return typeof exported === 'function' ? /** @type {Handler} */ (exported) : undefined;
}
