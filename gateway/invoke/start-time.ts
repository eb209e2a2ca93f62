/** @returns the value of X-Start-Time for a call that begins now: nanoseconds since 1970, in decimal digits */
export function startTime(): string {
  const now = performance.timeOrigin + performance.now();
  const ms = Math.floor(now);
  const ns = Math.floor((now - ms) * 1e6);
  return `${ms}${String(ns).padStart(6, '0')}`;
}
