import pino from 'pino';
import { accessLine, type AccessEntry } from './access-line.ts';
import type { Logger } from './logger.ts';
import type { LogSink } from './sink.ts';

/** A log whose lines are JSON objects, by pino. */
export function createJsonLogger(sink: LogSink, withCallId: boolean): Logger {
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
