import { readRetryPolicy, type RetryPolicy } from '../async/retry-policy.ts';
import type { Deployment } from '../functions/deployment.ts';
import { readCronOptions } from '../schedule/cron-options.ts';
import { readScalePolicy } from '../scale/scale-policy.ts';
import { misplacedSettings } from './misplaced-settings.ts';

/** Any defaults will do here, as the notes do not contain them. */
const SCALE_DEFAULTS = { zeroDuration: 1, target: 1 };
const RETRY_DEFAULTS: RetryPolicy = { attempts: 1, codes: new Set(), minWait: 0, maxWait: 0 };

/**
 * Finds labels and annotations of a function that have no effect, as they are in the wrong place or cannot be read. A
 * deployment with them is not refused, as OpenFaaS does not refuse it either.
 * @returns a line for each
 */
export function settingNotes(deployment: Deployment): string[] {
  return [
    ...misplacedSettings(deployment),
    ...readScalePolicy(deployment, SCALE_DEFAULTS).warnings,
    ...readRetryPolicy(deployment, RETRY_DEFAULTS).warnings,
    ...readCronOptions(deployment).warnings,
  ];
}
