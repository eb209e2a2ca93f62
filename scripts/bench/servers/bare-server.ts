import { createServer, type ServerResponse } from 'node:http';

/** The least that a server has to do for the handler of the templates' scenario: what an adapter is compared with. */

const handler = async ({ body }: { body?: { name?: string } }): Promise<object> => {
  return { message: `Hello, ${body?.name ?? 'world'}!` };
};

async function answer(response: ServerResponse, event: { body?: { name?: string } }): Promise<void> {
  const text = JSON.stringify(await handler(event));
  const type = 'application/json; charset=utf-8';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

const server = createServer((request, response) => {
  if (request.method === 'GET') return void answer(response, {});
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => void answer(response, { body: JSON.parse(Buffer.concat(chunks).toString()) }));
});
server.listen(Number(process.env.http_port), '127.0.0.1');
process.once('SIGTERM', () => server.close());
