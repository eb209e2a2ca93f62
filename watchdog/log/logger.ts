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
 * Makes a log whose lines are those of Go's log package: date, time and message. It is not made with pino, which
 * would make JSON first, of which such a line shows only the message, and would take as long to load as everything
 * else that these lines need.
 * @param withCallId whether a request's line ends with its call id
 */
export function createTextLogger(sink: LogSink, withCallId: boolean): Logger {
  const write = (message: string): void => sink.write(`${logTimestamp()} ${message}\n`);
  return { info: write, error: write, access: (entry) => write(accessLine(entry, withCallId)) };
}

/** Makes a log line in the given format without a logger, for messages before there is one. */
export function formatLine(format: 'text' | 'json', message: string, level: 'warn' | 'error'): string {
  if (format === 'text') return `${logTimestamp()} ${message}\n`;
  return `${JSON.stringify({ level, time: new Date().toISOString(), msg: message })}\n`;
}
