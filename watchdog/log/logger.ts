import { accessLine, type AccessEntry } from './access-line.ts';
import type { LogSink } from './sink.ts';
import { logTimestamp } from '../../common/log/timestamp.ts';

/** The watchdog's own log. Its lines go to stderr, as those of Go's log package do. */
export interface Logger {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** One line for one request. */
  access(entry: AccessEntry): void;
}

/**
 * A log whose lines are those of Go's log package: date, time and message. It is not pino's: of the JSON that pino makes
 * first only the message would be left, and to load it takes as long as to load all that text needs.
 * @param withCallId whether a request's line ends with its call id
 */
export function createTextLogger(sink: LogSink, withCallId: boolean): Logger {
  const write = (message: string): void => sink.write(`${logTimestamp()} ${message}\n`);
  return { info: write, error: write, access: (entry) => write(accessLine(entry, withCallId)) };
}

/** A log line in the given format without a logger, for what is told outside of it. */
export function formatLine(format: 'text' | 'json', message: string, level: 'warn' | 'error'): string {
  if (format === 'text') return `${logTimestamp()} ${message}\n`;
  return `${JSON.stringify({ level, time: new Date().toISOString(), msg: message })}\n`;
}
