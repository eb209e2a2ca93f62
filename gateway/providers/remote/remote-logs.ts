import { GatewayError } from '../../errors.ts';
import { decodeJson } from '../../json/decode.ts';
import type { LogLine, LogQuery } from '../provider.ts';
import { requireDone, type ProviderClient } from './provider-client.ts';
import { logLineOf, WIRE } from './provider-answers.ts';

/** The longest line, in bytes. A longer one ends the stream, so that memory stays bounded. */
const LONGEST_LINE = 16 << 20;

const CODES = {
  400: 'REQUEST_INVALID',
  404: 'FUNCTION_UNKNOWN',
  422: 'LOG_QUERY_INVALID',
  501: 'NOT_SUPPORTED',
} as const;

/** Yields the lines of a provider's log as they come. Its end by the signal is no error. */
export async function* remoteLogs(
  client: ProviderClient,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void> {
  const { name, namespace, instance, since, tail, follow } = query;
  const response = await client.open('GET', '/system/logs', {
    query: {
      name,
      namespace,
      ...(instance !== undefined && { instance }),
      ...(since && { since: since.toISOString() }),
      ...(tail !== undefined && { tail: String(tail) }),
      follow: String(follow),
    },
    signal,
  });
  if (response.statusCode !== 200) {
    requireDone({ status: response.statusCode, text: await response.body.text() }, CODES);
  }
  try {
    for await (const line of linesOf(response.body as AsyncIterable<Buffer>)) {
      yield logLineOf(decodeJson(line, WIRE.logLine), query);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, at)]);
      rest = [];
      length = 0;
      from = at + 1;
      if (line.length > 0) yield line;
    }
    rest.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > LONGEST_LINE) {
      throw new GatewayError(
        'UPSTREAM_FAILED',
        `the provider sends a line of logs over ${LONGEST_LINE} bytes`,
      );
    }
  }
}
