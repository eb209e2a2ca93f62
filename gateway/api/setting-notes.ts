import { readRetryPolicy, type RetryPolicy } from '../async/retry-policy.ts';
import type { Deployment } from '../functions/deployment.ts';
import { readCronOptions } from '../schedule/cron-options.ts';
import { readScalePolicy } from '../scale/scale-policy.ts';
import { misplacedSettings } from './misplaced-settings.ts';

/** Any defaults will do here, as a note does not name the value that replaces a faulty one. */
const SCALE_DEFAULTS = { zeroDuration: 1, target: 1 };
const RETRY_DEFAULTS: RetryPolicy = { attempts: 1, codes: new Set(), minWait: 0, maxWait: 0 };

/**
 * Finds labels and annotations of a function that have no effect, because they are in the wrong place or cannot be
 * read. They do not refuse a deployment, as OpenFaaS accepts them too.
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
