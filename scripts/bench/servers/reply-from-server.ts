import replyFrom from '@fastify/reply-from';
import fastify from 'fastify';
import { startFunction } from './function-child.ts';

/** @fastify/reply-from with its own defaults, bodies streamed. */

const { target, base } = startFunction();
const app = fastify({ bodyLimit: 2 ** 30 });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
await app.register(replyFrom, { base: target });
app.all('/*', (request, reply) => reply.from(request.raw.url?.slice(base.length)));
await app.listen({ port: Number(process.env.proxy_port), host: '127.0.0.1', backlog: 4096 });
