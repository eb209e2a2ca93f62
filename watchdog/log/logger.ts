import { accessLine, type AccessEntry } from './access-line.ts';
import type { LogSink } from './sink.ts';
import { logTimestamp } from '../../common/log/timestamp.ts';

/** The watchdog's own log. Its lines go to stderr, as those of Go's log package do. */
export interface Logger {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Writes the line of one request. */
  access(entry: AccessEntry): void;
}

/**
 * Makes a log whose lines are those of Go's log package: date, time and message. It does without pino, which takes as
 * long to load as everything else that these lines need, and would make JSON first, though a line shows only a message.
 * @param withCallId whether a request's line ends with its call id
 */
export function createTextLogger(sink: LogSink, withCallId: boolean): Logger {
  const write = (message: string): void => sink.write(`${logTimestamp()} ${message}\n`);
  return { info: write, error: write, access: (entry) => write(accessLine(entry, withCallId)) };
}

/** Makes a log whose lines are JSON objects, by pino, which is loaded here: the start of a text log need not wait for it. */
export async function createJsonLogger(sink: LogSink, withCallId: boolean): Promise<Logger> {
  const { default: pino } = await import('pino');
  const log = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => sink.write(line) },
  );
  return {
    info: (message, details) => log.info(details ?? {}, message),
    error: (message, details) => log.error(details ?? {}, message),
    access: (entry) => log.info(accessDetails(entry), accessLine(entry, withCallId)),
  };
}

function accessDetails(entry: AccessEntry): Record<string, unknown> {
  const { method, target, status, bytes, seconds, callId, failure } = entry;
  const duration = Number(seconds.toFixed(6));
  const details = { method, path: target, status, bytes, duration, call_id: callId ?? null };
  return failure === undefined ? details : { ...details, failure };
}

/** Makes a log line in the given format without a logger, for messages before there is one. */
export function formatLine(format: 'text' | 'json', message: string, level: 'warn' | 'error'): string {
  if (format === 'text') return `${logTimestamp()} ${message}\n`;
  return `${JSON.stringify({ level, time: new Date().toISOString(), msg: message })}\n`;
}
