import process from 'node:process';
import { adapt } from './adapter/listener.js';
import { loadHandler } from './adapter/start.js';

/** @import { RequestListener } from 'node:http' */
/** @import { WebHandler } from './adapter/listener.js' */

/**
 * Loads the compiled handler and makes the request listener that serves it. The caller decides where it listens.
 *
 * @param {NodeJS.ProcessEnv} _env no setting so far
 * @returns {Promise<RequestListener>}
 * @throws {import('./adapter/start.js').StartError} the handler is not usable
 */
export async function createListener(_env) {
  process.setSourceMapsEnabled(true); // stack traces name the lines of the .ts files
  const handler = await loadHandler(new URL('./function/dist/handler.js', import.meta.url), asHandler);
  return adapt(handler);
}

/**
 * A function, or an app with a method `fetch` as routers have it.
 *
 * @param {unknown} exported
 * @returns {WebHandler | undefined}
 */
function asHandler(exported) {
  if (typeof exported === 'object' && exported !== null && 'fetch' in exported) {
    const app = /** @type {{ fetch: WebHandler }} */ (exported);
    return typeof app.fetch === 'function' ? (request, context) => app.fetch(request, context) : undefined;
  }
  return typeof exported === 'function' ? /** @type {WebHandler} */ (exported) : undefined;
}
