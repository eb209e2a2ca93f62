import type { RequestListener, ServerResponse } from 'node:http';

/** The function of the bench: it does next to nothing, so that what is measured is what stands in front of it. */

const GREETING = Buffer.from('{"greeting":"Hello from a function"}\n');
const bodies = new Map<number, Buffer>();

/** One for each size, so that what the function itself does is to hand it to the kernel. */
function bodyOf(size: number): Buffer {
  const known = bodies.get(size);
  if (known) return known;
  const made = Buffer.alloc(size, 'x');
  bodies.set(size, made);
  return made;
}

function answer(response: ServerResponse, body: Buffer, type: string): void {
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  response.end(body);
}

/** GET / greets, GET /bytes/N answers N bytes, POST counts what it is sent. */
export function createListener(): RequestListener {
  return (request, response) => {
    if (request.method === 'POST') {
      let received = 0;
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      request.on('end', () =>
        answer(response, Buffer.from(`{"received":${received}}\n`), 'application/json'),
      );
      return;
    }
    const size = /^\/bytes\/(\d{1,8})$/.exec(request.url ?? '')?.[1];
    if (size === undefined) answer(response, GREETING, 'application/json');
    else answer(response, bodyOf(Number(size)), 'application/octet-stream');
  };
}
