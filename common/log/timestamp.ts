let lastSecond = -1;
let lastText = '';

/**
 * @returns date and time for the start of a log line, as Go's log package prints them (LstdFlags, local time):
 * `2009/11/10 23:00:00`. The text is made at most once per second.
 */
export function logTimestamp(nowMs: number = Date.now()): string {
  const second = Math.floor(nowMs / 1000);
  if (second === lastSecond) return lastText;
  const now = new Date(nowMs);
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('/');
  const time = [two(now.getHours()), two(now.getMinutes()), two(now.getSeconds())].join(':');
  lastSecond = second;
  lastText = `${date} ${time}`;
  return lastText;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
