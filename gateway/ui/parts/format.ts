/** Numbers and times as people read them. */

const GROUPED = new Intl.NumberFormat('en');

export function count(value: number): string {
  return GROUPED.format(value);
}

/** Calls a second. */
export function rate(value: number): string {
  if (value === 0) return '0';
  if (value < 0.01) return '<0.01';
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : count(Math.round(value));
}

export function milliseconds(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value < 1) return value === 0 ? '0 ms' : `${value.toFixed(1)} ms`;
  if (value < 1000) return `${Math.round(value)} ms`;
  if (value < 60_000) return `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;
  return `${Math.round(value / 60_000)} min`;
}

/** @returns a limit, given in milliseconds, as Go writes durations: 1m30s */
export function limit(value: number): string {
  if (value < 1000 || value % 1000 !== 0) return `${value}ms`;
  const seconds = value / 1000;
  if (seconds < 60) return `${seconds}s`;
  const rest = seconds % 60 === 0 ? '' : `${seconds % 60}s`;
  return seconds < 3600
    ? `${Math.floor(seconds / 60)}m${rest}`
    : `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;
}

export function percent(value: number): string {
  if (value === 0) return '0 %';
  const shown = value * 100;
  return shown < 0.1 ? '<0.1 %' : `${shown < 10 ? shown.toFixed(1) : Math.round(shown)} %`;
}

export function bytes(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value < 1024) return `${value} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let size = value / 1024;
  let at = 0;
  while (size >= 1024 && at < units.length - 1) {
    size /= 1024;
    at += 1;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[at] ?? ''}`;
}

/** @param value in thousandths of a core */
export function cpu(value: number | undefined): string {
  if (value === undefined) return '–';
  return value < 1000 ? `${Math.round(value)} m` : `${(value / 1000).toFixed(1)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** @returns the local time of day, to the millisecond */
export function clockTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** @returns the local day and time, to the second */
export function dateTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** @returns how long ago a time was, or how long it is until then, in the language of the page */
export function ago(iso: string, locale: string): string {
  const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return iso;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 5 ? format.format(0, 'second') : format.format(Math.trunc(seconds), 'second');
}
