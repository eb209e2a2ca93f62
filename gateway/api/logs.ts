import { GatewayError } from '../errors.ts';
import type { LogLine, LogQuery } from '../providers/provider.ts';
import type { Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { functionOf, shown } from './names.ts';

/** How long an answer waits for a first line or an error (no such function) before it begins, in milliseconds. */
const FAULT_SHOWS_MS = 250;

/** A time by RFC 3339, section 5.6. Its first group is the date. */
const TIME = /^(\d{4}-\d\d-\d\d)[Tt ](?!24)\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** `GET /system/logs`: one JSON object per line. With `follow`, it goes on until the client disconnects. */
export async function streamLogs(call: Call, context: ApiContext): Promise<Answer> {
  const query = readLogQuery(call, context);
  const lines = context.provider.logs(query, call.signal)[Symbol.asyncIterator]();
  const first = lines.next();
  first.catch(() => undefined); // an error after the answer has begun is thrown by the body
  await Promise.race([first, query.follow ? delay(FAULT_SHOWS_MS) : first]);
  return { status: 200, headers: { 'Content-Type': 'application/x-ndjson' }, body: asJson(first, lines) };
}

function readLogQuery(call: Call, context: ApiContext): LogQuery {
  const asked = (key: string): string => call.query.getAll(key).at(-1) ?? ''; // the last, as for faas-provider
  const name = asked('name');
  if (name === '') throw new GatewayError('REQUEST_INVALID', 'name is required: the name of the function');
  const since = asked('since');
  const tail = asked('tail');
  const instance = asked('instance');
  const time = readTime(since);
  if (since !== '' && !time) {
    throw new GatewayError(
      'LOG_QUERY_INVALID',
      `since=${shown(since)} is not a time such as 2026-01-31T15:04:05Z (RFC 3339)`,
    );
  }
  if (tail !== '' && !/^[+-]?\d{1,15}$/.test(tail)) {
    throw new GatewayError('LOG_QUERY_INVALID', `tail=${shown(tail)} is not a whole number of lines`);
  }
  return {
    ...functionOf(call, context, name),
    ...(instance !== '' && { instance }),
    ...(time && { since: time }),
    ...(Number(tail) > 0 && { tail: Number(tail) }),
    follow: TRUE.has(asked('follow')),
  };
}

/** @returns undefined where the text is no time, or names a day that does not exist, such as 30 February */
function readTime(text: string): Date | undefined {
  const date = TIME.exec(text)?.[1];
  const time = new Date(text);
  if (date === undefined || Number.isNaN(time.getTime())) return undefined;
  return new Date(date).toISOString().startsWith(date) ? time : undefined;
}

async function* asJson(
  first: Promise<IteratorResult<LogLine>>,
  lines: AsyncIterator<LogLine>,
): AsyncGenerator<string, void> {
  try {
    for (let result = await first; !result.done; result = await lines.next()) {
      const { time, name, namespace, instance, text, kind } = result.value;
      const timestamp = time.toISOString();
      yield `${JSON.stringify({ name, namespace, instance, timestamp, text, kind })}\n`;
    }
  } finally {
    await lines.return?.();
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
