import type { Readable } from 'node:stream';
import type { ForkRequest } from './openfaas.d.ts';

/** Sends the body back while it is still arriving, in capitals if the query has ?shout. */
export default async function* handler(stdin: Readable, request: ForkRequest): AsyncGenerator<string> {
  const shout = request.query.has('shout');
  for await (const chunk of stdin.setEncoding('utf8')) yield shout ? chunk.toUpperCase() : chunk;
}
