import type { LogLine, LogQuery } from '../providers/provider.ts';
import type { KeptLine, LogRing } from './log-ring.ts';

/** How many lines may wait for a slow reader. More are left out, and a line says how many. */
const MOST_WAITING = 10_000;

/**
 * Yields the lines of a function that a query selects: the kept ones; then, if the query follows, new ones until the
 * function is removed or the signal aborts.
 */
export async function* streamLogs(
  ring: LogRing,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const waiting: KeptLine[] = [];
  let leftOut = 0;
  let isOver = false;
  let wake: () => void = () => undefined;
  // follows before it reads, so that no line is missed in between
  const unfollow = query.follow
    ? ring.follow({
        onLine: (line) => {
          if (waiting.length < MOST_WAITING) waiting.push(line);
          else leftOut += 1;
          wake();
        },
        onEnd: () => {
          isOver = true;
          wake();
        },
      })
    : undefined;
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    const all = await ring.read();
    const latest = all.at(-1)?.time ?? 0;
    const kept = all.filter((line) => isWanted(line, query));
    const last = query.tail === undefined ? kept : kept.slice(-query.tail);
    for (const line of last) yield asLogLine(line, query);
    while (query.follow && !signal.aborted) {
      const line = waiting.shift();
      if (line) {
        // a line that came while the file was read may be in the file too
        if (line.time > latest && isWanted(line, query)) yield asLogLine(line, query);
      } else if (leftOut > 0) {
        const text = `${leftOut} lines were left out: they are read too slowly`;
        leftOut = 0;
        yield asLogLine({ time: Date.now(), instance: 'of-gateway', text }, query);
      } else if (isOver) {
        return;
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  } finally {
    unfollow?.();
    signal.removeEventListener('abort', onAbort);
  }
}

function isWanted({ time, instance }: KeptLine, query: LogQuery): boolean {
  if (query.instance !== undefined && instance !== query.instance) return false;
  return query.since === undefined || time >= query.since.getTime();
}

function asLogLine({ time, instance, text, kind }: KeptLine, { name, namespace }: LogQuery): LogLine {
  return { name, namespace, instance, time: new Date(time), text, ...(kind && { kind }) };
}
