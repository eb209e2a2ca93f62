/**
 * Gives the time of day in nanoseconds since 1970, in decimal digits: the form of X-Start-Time. The clock gives
 * milliseconds with a fraction; further digits are zeros.
 */
export function startTime(now: number = performance.timeOrigin + performance.now()): string {
  const ms = Math.floor(now);
  const ns = Math.floor((now - ms) * 1e6);
  return `${ms}${String(ns).padStart(6, '0')}`;
}
