// The process of one request: the request's body is stdin, the response's stdout.
import process from 'node:process';
import { pipeline } from 'node:stream/promises';

process.setSourceMapsEnabled(true); // stack traces name the lines of the .ts files

try {
  const entry = new URL('./function/dist/handler.js', import.meta.url);
  const { default: handler } = await import(entry.href);
  const result = await handler(process.stdin, readRequest(process.env));
  await pipeline(toStream(result), process.stdout);
  process.exit(0); // stdin may still be open
} catch (error) {
  const isClientGone = error instanceof Error && 'code' in error && error.code === 'EPIPE';
  if (!isClientGone) console.error(error);
  process.exit(1); // the watchdog answers 500
}

/**
 * The request in the environment, as the watchdog puts it there with cgi_headers.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function readRequest(env) {
  /** @type {Record<string, string>} */
  const headers = {};
  for (const [name, value] of Object.entries(env)) {
    const header = /^Http_(?!Method$|Path$|Query$)(.+)$/.exec(name)?.[1];
    if (header && value) headers[header.toLowerCase().replaceAll('_', '-')] = value;
  }
  const { Http_Method: method = 'GET', Http_Path: path = '/', Http_Query: query } = env;
  return { method, path, query: new URLSearchParams(query), headers };
}

/**
 * @param {unknown} result
 * @returns {Iterable<unknown> | AsyncIterable<unknown>}
 */
function toStream(result) {
  if (result === undefined || result === null) return [];
  if (typeof result === 'string' || result instanceof Uint8Array) return [result];
  if (typeof result === 'object' && Symbol.asyncIterator in result) {
    return /** @type {AsyncIterable<unknown>} */ (result);
  }
  return [JSON.stringify(result)];
}
