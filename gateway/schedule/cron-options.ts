import type { Deployment } from '../functions/deployment.ts';

/** What is done about a time at which a function was not called: nothing, or one call for all of them. */
export type Missed = 'skip' | 'run';

/** How a schedule is kept, by annotations of our own. */
export interface CronOptions {
  /** Whether a call begins while the one before runs. */
  readonly mayOverlap: boolean;
  readonly missed: Missed;
}

const OVERLAP = 'dev.of-gateway.cron.overlap';
const MISSED = 'dev.of-gateway.cron.missed';

/** Reads the annotations; one that cannot be read counts as not there. */
export function readCronOptions({ annotations }: Pick<Deployment, 'annotations'>): {
  options: CronOptions;
  warnings: readonly string[];
} {
  const warnings: string[] = [];
  const read = <T extends string>(name: string, values: readonly [T, T]): T => {
    const [fallback] = values;
    const text = annotations[name] || fallback;
    const value = values.find((one) => one === text);
    if (value === undefined)
      warnings.push(
        `the annotation ${name}=${JSON.stringify(text)} has no effect: expected ${values.join(' or ')}`,
      );
    return value ?? fallback;
  };
  const mayOverlap = read(OVERLAP, ['allow', 'skip']) === 'allow';
  return { options: { mayOverlap, missed: read(MISSED, ['skip', 'run']) }, warnings };
}
