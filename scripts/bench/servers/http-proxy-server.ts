import { Agent, createServer, ServerResponse } from 'node:http';
import httpProxy from 'http-proxy';
import { startFunction } from './function-child.ts';

/** http-proxy as its users have it, with connections kept alive: without those it opens one for each request. */

const { target, base } = startFunction();
const proxy = httpProxy.createProxyServer({ target, agent: new Agent({ keepAlive: true }) });
proxy.on('error', (_error, _request, response) => {
  if (response instanceof ServerResponse && !response.headersSent) response.writeHead(502).end();
  else response.destroy();
});
const server = createServer((request, response) => {
  request.url = request.url?.slice(base.length) ?? '/';
  proxy.web(request, response);
});
server.listen({ port: Number(process.env.proxy_port), host: '127.0.0.1', backlog: 4096 });
