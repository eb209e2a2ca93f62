import type { RequestListener, ServerResponse } from 'node:http';

/** The function of the bench. It does next to nothing, so that the servers in front of it are measured and not it. */

const GREETING = Buffer.from('{"greeting":"Hello from a function"}\n');
const bodies = new Map<number, Buffer>();

/** Keeps a body of each size, so that the function only hands it to the kernel. */
function bodyOf(size: number): Buffer {
  const body = bodies.get(size) ?? Buffer.alloc(size, 'x');
  bodies.set(size, body);
  return body;
}

function answer(response: ServerResponse, body: Buffer, type = 'application/json'): void {
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  response.end(body);
}

/** Ends the waiting of the calls of /held. */
let release: () => void = () => undefined;
const released = new Promise<void>((resolve) => (release = resolve));

/**
 * GET / greets, GET /bytes/N answers N bytes, GET /release lets calls of /held go on. POST answers with the number of
 * bytes that it got, and with the time when it began, in milliseconds since 1970. POST /held waits for the release, and
 * then a millisecond more.
 */
export function createListener(): RequestListener {
  return (request, response) => {
    if (request.method === 'POST') {
      const began = performance.timeOrigin + performance.now();
      let received = 0;
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      const count = (): void => answer(response, Buffer.from(`{"received":${received},"began":${began}}\n`));
      request.on('end', () => {
        if (request.url === '/held') void released.then(() => setTimeout(count, 1));
        else count();
      });
      return;
    }
    const size = /^\/bytes\/(\d{1,8})$/.exec(request.url ?? '')?.[1];
    if (request.url === '/release') release();
    if (size === undefined) answer(response, GREETING);
    else answer(response, bodyOf(Number(size)), 'application/octet-stream');
  };
}
