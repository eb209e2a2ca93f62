/** Milliseconds in each unit of Go's time.ParseDuration. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Matches a number with its unit. The two signs for micro are escaped, as V8 compiles a bundle in plain ASCII faster.
 */
const TERM = /(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;

/** The longest duration in Go, which keeps nanoseconds in 64 bits. */
const LONGEST_MS = 2 ** 63 / 1e6;

/** The longest delay of setTimeout, which keeps it in 31 bits, and fires at once for longer ones. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Reads a duration as Go's time.ParseDuration does (`1h30m`, `1.5s`, `-3ms`, `0`).
 * @returns milliseconds; undefined where the text is not a duration
 */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text;
  if (unsigned === '0') return 0;
  if (unsigned === '') return undefined;
  let total = 0;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < unsigned.length) {
    const term = TERM.exec(unsigned);
    if (!term) return undefined;
    total += Number(term[1]) * (UNITS[term[2] ?? ''] ?? Number.NaN);
  }
  return total < LONGEST_MS ? sign * total : undefined;
}

/**
 * Reads a duration as the settings of OpenFaaS's programs accept it: in Go's format, or as a whole number of seconds.
 * @returns milliseconds; undefined where the text is neither
 */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const ms = Number(text) * 1000;
    return ms < LONGEST_MS ? ms : undefined;
  }
  return parseGoDuration(text);
}

/** Prints milliseconds as Go prints a time.Duration: `1m30s`, `500ms`, `1.5s`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 1e-3) return `${decimal(ms * 1e6)}ns`;
  if (ms < 1) return `${decimal(ms * 1e3)}µs`;
  if (ms < 1000) return `${decimal(ms)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${decimal((ms % 60_000) / 1000)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function decimal(value: number): string {
  return String(Number(value.toFixed(9)));
}

/** @returns a delay that setTimeout can keep: at most 24.8 days, as it would fire at once for a longer one */
export function timerDelay(ms: number): number {
  return Math.min(ms, LONGEST_TIMER_MS);
}
