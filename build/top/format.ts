/** Figures as terminals show them: short, and without a blank, so that scripts can cut columns apart. */

const NOTHING = '-';

/** Calls a second. */
export function rate(value: number): string {
  if (value === 0) return '0';
  if (value < 0.01) return '<0.01';
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : String(Math.round(value));
}

export function milliseconds(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  if (value < 1) return value === 0 ? '0ms' : `${value.toFixed(1)}ms`;
  if (value < 1000) return `${Math.round(value)}ms`;
  return value < 60_000 ? `${(value / 1000).toFixed(1)}s` : `${Math.round(value / 60_000)}min`;
}

/** @param share from 0 to 1 */
export function percent(share: number): string {
  if (share === 0) return '0%';
  const shown = share * 100;
  return shown < 0.1 ? '<0.1%' : `${shown < 10 ? shown.toFixed(1) : Math.round(shown)}%`;
}

export function bytes(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  while (size >= 1024 && units.length > 1) {
    size /= 1024;
    units.shift();
  }
  return `${size < 10 && units[0] !== 'B' ? size.toFixed(1) : Math.round(size)}${units[0] ?? ''}`;
}

/** @param value thousandths of a core, as Kubernetes writes them: `250m` */
export function cpu(value: number | undefined): string {
  return value === undefined ? NOTHING : `${Math.round(value)}m`;
}
