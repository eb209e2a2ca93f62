import pino from 'pino';
import { accessLine, type AccessEntry } from './access-line.ts';
import type { LogSink } from './sink.ts';
import { logTimestamp } from './timestamp.ts';

/** The watchdog's own log. Its lines go to stderr, as those of Go's log package do. */
export interface Logger {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** One line for one request. */
  access(entry: AccessEntry): void;
}

export interface LoggerOptions {
  readonly format: 'text' | 'json';
  /** Whether a request's text line ends with its call id. */
  readonly withCallId: boolean;
}

export function createLogger(sink: LogSink, { format, withCallId }: LoggerOptions): Logger {
  const log = format === 'json' ? jsonLog(sink) : textLog(sink);
  return {
    info: (message, details) => log.info(details ?? {}, message),
    error: (message, details) => log.error(details ?? {}, message),
    access(entry) {
      const line = accessLine(entry, withCallId);
      // pino would make a JSON line first, of which the text format takes the message alone: half the cost of a line
      if (format === 'text') sink.write(`${logTimestamp()} ${line}\n`);
      else log.info(accessDetails(entry), line);
    },
  };
}

/** A log line in the given format without a logger, for what is told outside of it. */
export function formatLine(format: 'text' | 'json', message: string, level: 'warn' | 'error'): string {
  if (format === 'text') return `${logTimestamp()} ${message}\n`;
  return `${JSON.stringify({ level, time: new Date().toISOString(), msg: message })}\n`;
}

function jsonLog(sink: LogSink): pino.Logger {
  return pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => sink.write(line) },
  );
}

/** pino hands a stream that asks for it the bare message beside the JSON line; the text format is that alone. */
interface MetadataStream extends pino.DestinationStream {
  lastMsg?: string;
}

function textLog(sink: LogSink): pino.Logger {
  const stream: MetadataStream = {
    write() {
      sink.write(`${logTimestamp()} ${stream.lastMsg ?? ''}\n`);
    },
  };
  Object.assign(stream, { [Symbol.for('pino.metadata')]: true });
  return pino({ base: null, timestamp: false }, stream);
}

function accessDetails(entry: AccessEntry): Record<string, unknown> {
  const { method, target, status, bytes, seconds, callId, failure } = entry;
  const duration = Number(seconds.toFixed(6));
  const details = { method, path: target, status, bytes, duration, call_id: callId ?? null };
  return failure === undefined ? details : { ...details, failure };
}
