import { spawn } from 'node:child_process';
import { Agent, createServer, ServerResponse, type RequestListener } from 'node:http';
import { createListener } from './listener.ts';

/**
 * The servers that ours are compared with, started as `servers.mjs KIND`. A proxy also gets the address of the
 * function, and the beginning that it has to take off each path. Only the server that needs a package loads it, so that
 * it takes no memory of the others.
 */

const [kind = '', target = '', base = ''] = process.argv.slice(2);
const { http_port, proxy_port } = process.env;

/** The least that a server has to do for the handler of the templates. Adapters are compared with it. */
function bareListener(): RequestListener {
  const handler = async ({ body }: { body?: { name?: string } }): Promise<object> => {
    return { message: `Hello, ${body?.name ?? 'world'}!` };
  };
  const answer = async (response: ServerResponse, event: { body?: { name?: string } }): Promise<void> => {
    const text = JSON.stringify(await handler(event));
    const type = 'application/json; charset=utf-8';
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  };
  return (request, response) => {
    if (request.method === 'GET') return void answer(response, {});
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(response, { body: JSON.parse(Buffer.concat(chunks).toString()) }));
  };
}

/** The least that Node can do to answer each request with a process of its own. */
const spawnCat: RequestListener = (request, response) => {
  const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
  cat.on('error', () => {
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
  cat.stdin.on('error', () => request.resume());
  response.on('close', () => cat.kill());
  request.pipe(cat.stdin);
  cat.stdout.pipe(response);
};

function listen(port: string | undefined, listener: RequestListener, options = {}): void {
  createServer(options, listener).listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
}

/** http-proxy with connections that are kept alive: otherwise it opens one for each request. */
async function startHttpProxy(): Promise<void> {
  const { default: httpProxy } = await import('http-proxy');
  const proxy = httpProxy.createProxyServer({ target, agent: new Agent({ keepAlive: true }) });
  proxy.on('error', (_error, _request, response) => {
    if (response instanceof ServerResponse && !response.headersSent) response.writeHead(502).end();
    else response.destroy();
  });
  listen(proxy_port, (request, response) => {
    request.url = request.url?.slice(base.length) ?? '/';
    proxy.web(request, response);
  });
}

/** @fastify/reply-from with its own defaults, bodies streamed. */
async function startReplyFrom(): Promise<void> {
  const { default: fastify } = await import('fastify');
  const { default: replyFrom } = await import('@fastify/reply-from');
  const app = fastify({ bodyLimit: 2 ** 30 });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  await app.register(replyFrom, { base: target });
  app.all('/*', (request, reply) => reply.from(request.raw.url?.slice(base.length)));
  await app.listen({ port: Number(proxy_port), host: '127.0.0.1', backlog: 4096 });
}

if (kind === 'function') listen(http_port, createListener(), { keepAliveTimeout: 0 });
if (kind === 'bare') listen(http_port, bareListener());
if (kind === 'spawn') listen(http_port, spawnCat);
if (kind === 'http-proxy') await startHttpProxy();
if (kind === 'reply-from') await startReplyFrom();
