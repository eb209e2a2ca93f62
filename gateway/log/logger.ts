import { logTimestamp } from '../../common/log/timestamp.ts';

/** Writes the gateway's own log. Each text becomes one line. */
export interface Logger {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** Makes a logger whose lines begin with date and time, like those of Go's log package. */
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
