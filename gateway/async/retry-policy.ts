import { parseDuration } from '../../common/duration.ts';
import type { Deployment } from '../functions/deployment.ts';
import { StatedOptions } from '../functions/stated-options.ts';

/** How waits are randomised: not at all, from 0 to the whole wait (full), or from half of it to the whole (equal). */
export const BACKOFFS = ['exponential', 'full', 'equal'] as const;
export type Backoff = (typeof BACKOFFS)[number];

/** When a queued call is tried again (docs.openfaas.com, Retries). */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** The statuses after which a call is tried again. */
  readonly codes: ReadonlySet<number>;
  /** The wait before the second try, in milliseconds. */
  readonly minWait: number;
  /** The longest wait, in milliseconds. A Retry-After may ask for a longer one. */
  readonly maxWait: number;
}

const PREFIX = 'com.openfaas.retry.';
const MOST_ATTEMPTS = 1000;

/**
 * Reads the annotations of a function. One that cannot be read is ignored, as in OpenFaaS's queue-worker, and gives a
 * warning.
 * @param defaults are used for missing annotations
 */
export function readRetryPolicy(
  { annotations }: Pick<Deployment, 'annotations'>,
  defaults: RetryPolicy,
): { policy: RetryPolicy; warnings: readonly string[] } {
  const options = new StatedOptions('annotation', annotations, PREFIX);
  const minWait = options.read('min_wait', defaults.minWait, parseWait, 'a duration, such as 10s');
  const policy = {
    attempts: options.read(
      'attempts',
      defaults.attempts,
      parseAttempts,
      `a whole number from 1 to ${MOST_ATTEMPTS}`,
    ),
    codes: options.read('codes', defaults.codes, parseCodes, 'statuses between commas, such as 429,503'),
    minWait,
    maxWait: Math.max(
      minWait,
      options.read('max_wait', defaults.maxWait, parseWait, 'a duration, such as 2m'),
    ),
  };
  return { policy, warnings: options.warnings };
}

/** How a try ended. */
export interface Outcome {
  readonly status: number;
  /** The value of Retry-After, if the answer had one. */
  readonly retryAfter?: string;
  /** Whether the answer comes from the platform (X-OpenFaaS-Internal) and not from the function. */
  readonly isInternal: boolean;
  /** Why there was no answer. */
  readonly reason?: string;
}

/**
 * Decides whether a call is tried again.
 * @param tries how many tries there have been, this one included
 * @param now milliseconds since 1970, for a Retry-After that is a date
 * @param random from 0 to below 1
 * @returns how long to wait before the next try, in milliseconds; undefined where no other follows
 */
export function nextTry(
  policy: RetryPolicy,
  backoff: Backoff,
  tries: number,
  outcome: Outcome,
  now: number,
  random: number,
): number | undefined {
  const isRetried = outcome.isInternal || policy.codes.has(outcome.status);
  if (!isRetried || tries >= policy.attempts) return undefined;
  const asked =
    outcome.status === 429 || outcome.status === 503 ? readRetryAfter(outcome.retryAfter, now) : undefined;
  if (asked !== undefined) return Math.max(asked, policy.minWait);
  const wait = Math.min(policy.minWait * 2 ** Math.min(tries - 1, 50), policy.maxWait);
  if (backoff === 'full') return Math.floor(wait * random);
  if (backoff === 'equal') return Math.floor(wait / 2 + (wait / 2) * random);
  return wait;
}

/** The longest Retry-After that is obeyed, in milliseconds. */
const LONGEST_ASKED_MS = 24 * 3_600_000;

/**
 * Reads Retry-After: seconds or a date (RFC 9110, section 10.2.3).
 * @returns milliseconds; undefined where it is invalid
 */
function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : text.endsWith('GMT')
      ? Date.parse(text) - now
      : Number.NaN;
  return ms >= 0 && ms <= LONGEST_ASKED_MS ? ms : undefined;
}

function parseWait(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms !== undefined && ms >= 0 && ms <= LONGEST_ASKED_MS ? ms : undefined;
}

function parseAttempts(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= 1 && value <= MOST_ATTEMPTS ? value : undefined;
}

function parseCodes(text: string): ReadonlySet<number> | undefined {
  const codes = text.split(',').map((code) => code.trim());
  return codes.every((code) => /^[1-5]\d\d$/.test(code)) ? new Set(codes.map(Number)) : undefined;
}
