import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import type { Deployment } from '../functions/deployment.ts';
import { qualifiedName } from '../functions/function-name.ts';
import { readExpression, type Expression } from './expression.ts';

/** The topic of functions with a schedule, the same as for OpenFaaS's cron-connector. */
const CRON_TOPIC = 'cron-function';

/** The schedule of a function, which is called at the times of all its expressions. */
export interface Schedule {
  readonly expressions: readonly Expression[];
}

/**
 * Reads the annotations `topic` and `schedule`. Several expressions are separated by `;`.
 * @returns undefined where the function has no schedule
 * @throws GatewayError DEPLOYMENT_INVALID with the reason
 */
export function readSchedule(deployment: Deployment): Schedule | undefined {
  const { topic, schedule } = deployment.annotations;
  const topics = (topic ?? '').split(',').map((word) => word.trim());
  if (!topics.includes(CRON_TOPIC)) return undefined;
  const texts = (schedule ?? '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (texts.length === 0) throw invalid(deployment, 'it is missing, where topic is cron-function');
  try {
    return { expressions: texts.map(readExpression) };
  } catch (thrown) {
    throw invalid(deployment, messageOf(thrown), thrown);
  }
}

/**
 * Checks the schedule of a function that is deployed. An expression that is never due would look like one that works.
 * @throws GatewayError DEPLOYMENT_INVALID with the reason
 */
export function checkSchedule(deployment: Deployment, now: Date): void {
  const never = readSchedule(deployment)?.expressions.find((expression) => !expression.next(now));
  if (never) throw invalid(deployment, `"${never.text}" names a day that never comes`);
}

/** @returns the first time after `after` at which any expression is due; undefined where there is none */
export function nextTime({ expressions }: Schedule, after: Date): Date | undefined {
  const times = expressions.map(
    (expression) => expression.next(after)?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  const first = Math.min(...times);
  return Number.isFinite(first) ? new Date(first) : undefined;
}

/** @returns the next times after `after`, at most `count` */
export function nextTimes(schedule: Schedule, after: Date, count: number): Date[] {
  const times: Date[] = [];
  for (let at = nextTime(schedule, after); at && times.length < count; at = nextTime(schedule, at))
    times.push(at);
  return times;
}

function invalid(deployment: Deployment, reason: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'DEPLOYMENT_INVALID',
    `the annotation schedule of ${qualifiedName(deployment)} cannot be used: ${reason}`,
    { cause },
  );
}
