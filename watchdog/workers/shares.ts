import type { Settings } from '../settings/table.ts';

/** The settings that are divided among the workers. */
export interface Share {
  readonly maxInflight: number;
  readonly prefork: number;
}

/** Gives the share of each worker. There are never more workers than requests that may be in flight. */
export function sharesOf({ workers, maxInflight, prefork }: Settings): Share[] {
  const count = maxInflight === 0 ? workers : Math.min(workers, maxInflight);
  const part = (whole: number, at: number): number =>
    Math.floor(whole / count) + (at < whole % count ? 1 : 0);
  return Array.from({ length: count }, (_, at) => ({
    maxInflight: part(maxInflight, at),
    prefork: prefork === 0 ? 0 : Math.max(1, part(prefork, at)),
  }));
}
