import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** The sample function: a bare HTTP server, such as a container behind mode=http runs. */
const LONGEST_ECHO = 1_048_576;
const PARTS = 5;

function answer(response: ServerResponse, status: number, value: unknown): void {
  const text = `${JSON.stringify(value)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LONGEST_ECHO) chunks.push(chunk);
  }
  if (length > LONGEST_ECHO) answer(response, 413, { error: `a body of ${LONGEST_ECHO} bytes at most` });
  else answer(response, 200, { length, echo: Buffer.concat(chunks).toString() });
}

async function stream(response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  for (let part = 1; part <= PARTS; part += 1) {
    response.write(`part ${part} of ${PARTS}\n`);
    await wait(300, undefined, { signal: gone.signal });
  }
  response.end();
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path] = (request.url ?? '/').split('?', 1);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (path === '/' && reads) answer(response, 200, { greeting: 'Hello from a TypeScript function' });
  else if (path === '/' && request.method === 'POST') await echo(request, response);
  else if (path === '/stream' && reads) await stream(response);
  else answer(response, 404, { error: `nothing here: ${request.method} ${path}` });
}

const port = Number(process.env.function_port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error('function_port: expected the port to listen on, from 1 to 65535');
  process.exit(1);
}

const server = createServer((request, response) => {
  // only a client that went away causes an error here, and nobody is left to answer
  handle(request, response).catch(() => response.destroy());
});
server.on('error', (error) => {
  console.error(`cannot listen on function_port=${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, '127.0.0.1');
process.once('SIGTERM', () => server.close());
