/**
 * @param now milliseconds since 1970, with a fraction
 * @returns the value of X-Start-Time: nanoseconds since 1970, in decimal digits
 */
export function startTime(now: number = performance.timeOrigin + performance.now()): string {
  const ms = Math.floor(now);
  const ns = Math.floor((now - ms) * 1e6);
  return `${ms}${String(ns).padStart(6, '0')}`;
}
