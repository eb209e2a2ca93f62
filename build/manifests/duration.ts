/** Seconds in each unit of Go's time.ParseDuration. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

const TERMS = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const TERM = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Reads a duration as the watchdog's settings take it: Go's form (`1m30s`), or a bare whole number of seconds.
 * @returns seconds, or undefined where the text is neither
 */
export function parseSeconds(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const unsigned = text.replace(/^\+/, '');
  if (!TERMS.test(unsigned)) return undefined;
  let total = 0;
  for (const [, number, unit] of unsigned.matchAll(TERM)) total += Number(number) * (UNITS[unit ?? ''] ?? 0);
  return total;
}
