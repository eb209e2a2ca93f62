/** The facts of one request that the log shows. */
export interface AccessEntry {
  readonly method: string;
  /** The client's request target with its query; bytes of 0x80 and above are percent-encoded. */
  readonly target: string;
  readonly status: number;
  /** The status as the text line shows it: `200 OK`, or `200` in the fork modes. */
  readonly statusText: string;
  /** Bytes of the response's body that were handed to the client. */
  readonly bytes: number;
  readonly seconds: number;
  readonly callId: string | undefined;
  /** Why the request ended before its time. */
  readonly failure: string | undefined;
}

/**
 * The line that of-watchdog prints for a request:
 * `GET /path - 200 OK - ContentLength: 12B (0.0012s) [call id]`.
 */
export function accessLine(entry: AccessEntry, withCallId: boolean): string {
  const { method, target, statusText, bytes, seconds } = entry;
  const line = `${method} ${target} - ${statusText} - ContentLength: ${humanSize(bytes)} (${seconds.toFixed(4)}s)`;
  return withCallId ? `${line} [${entry.callId ?? 'none'}]` : line;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A number of bytes with four digits and a decimal unit, as Docker's go-units prints it (HumanSize). */
export function humanSize(bytes: number): string {
  if (bytes < 1000) return `${bytes}B`;
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${Number(size.toPrecision(4))}${UNITS[unit]}`;
}
