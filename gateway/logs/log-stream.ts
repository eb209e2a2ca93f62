import type { LogLine, LogQuery } from '../providers/provider.ts';
import type { KeptLine, LogRing } from './log-ring.ts';

/** Lines that may wait for a reader who is slower than the function. What is more is left out, and told of. */
const MOST_WAITING = 10_000;

/**
 * Answers a query for a function's lines: those that are kept, then, where it follows, those that come until the function
 * is removed.
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
  // Following begins before the reading, so that no line falls between the two.
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
        // one that came while the file was read may be in the file too
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
