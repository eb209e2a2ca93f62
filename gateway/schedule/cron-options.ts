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

const PREFIX = 'dev.of-gateway.cron.';

/** Reads the annotations. One that cannot be read is ignored with a warning. */
export function readCronOptions({ annotations }: Pick<Deployment, 'annotations'>): {
  options: CronOptions;
  warnings: readonly string[];
} {
  const stated = new StatedOptions('annotation', annotations, PREFIX);
  const read = <T extends string>(name: string, values: readonly [T, T]): T =>
    stated.read(name, values[0], (text) => values.find((one) => one === text), values.join(' or '));
  const mayOverlap = read('overlap', ['allow', 'skip']) === 'allow';
  return { options: { mayOverlap, missed: read('missed', ['skip', 'run']) }, warnings: stated.warnings };
}
