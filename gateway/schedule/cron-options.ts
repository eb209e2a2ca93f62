import type { Deployment } from '../functions/deployment.ts';
import { StatedOptions } from '../functions/stated-options.ts';

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
  const stated = new StatedOptions('annotation', annotations);
  const read = <T extends string>(name: string, values: readonly [T, T]): T =>
    stated.read(name, values[0], (text) => values.find((one) => one === text), values.join(' or '));
  const mayOverlap = read(OVERLAP, ['allow', 'skip']) === 'allow';
  return { options: { mayOverlap, missed: read(MISSED, ['skip', 'run']) }, warnings: stated.warnings };
}
