import { logTimestamp } from '../../common/log/timestamp.ts';

/** The gateway's own log: a line each, on stderr. */
export interface Logger {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** Lines with date and time, as those of Go's log package. */
export function createLogger(stream: { write(text: string): unknown }): Logger {
  const write = (line: string): void => {
    stream.write(`${logTimestamp()} ${line.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  };
  return {
    info: write,
    warn: (line) => write(`Warning: ${line}`),
    error: (line) => write(`Error: ${line}`),
  };
}
