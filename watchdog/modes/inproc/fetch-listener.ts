import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** Serves a request, as node:http calls it. A promise that rejects is the request's failure. */
export type FunctionListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Makes a request listener of a handler of web-standard requests. It is a simple one; templates bring a faster one.
 * @param fetch takes a Request and gives a Response, or a promise of one
 */
export function listenerOfFetch(fetch: (request: Request) => unknown): FunctionListener {
  return async (incoming, response) => {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const answer = await fetch(toRequest(incoming, gone.signal));
    if (!(answer instanceof Response)) throw new TypeError('the handler returned no Response');
    await send(answer, incoming, response);
  };
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  }
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? 'localhost'}`);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' } : {};
  return new Request(url, { method, headers, signal, ...body } as RequestInit);
}

async function send(answer: Response, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers: string[] = [];
  for (const [name, value] of answer.headers) headers.push(name, value);
  if (answer.statusText === '') response.writeHead(answer.status, headers);
  else response.writeHead(answer.status, answer.statusText, headers);
  if (answer.body === null || incoming.method === 'HEAD') response.end();
  else
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), response).catch(() => response.destroy());
}
