import type { Deployment } from '../functions/deployment.ts';

/** The reaction to missed times: none (skip), or one call for all of them (run). */
export type Missed = 'skip' | 'run';

/** Options of a schedule, from annotations of this gateway. */
export interface CronOptions {
  /** Whether a call may begin while the one before still runs. */
  readonly mayOverlap: boolean;
  readonly missed: Missed;
}

const OVERLAP = 'dev.of-gateway.cron.overlap';
const MISSED = 'dev.of-gateway.cron.missed';

/** Reads the annotations. One that cannot be read is ignored with a warning. */
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
