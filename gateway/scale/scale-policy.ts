import { formatDuration, parseDuration } from '../../common/duration.ts';
import type { Deployment } from '../functions/deployment.ts';
import { MOST_REPLICAS } from '../functions/replicas.ts';
import { StatedOptions } from '../functions/stated-options.ts';

/** The measures of a function's load. */
const SCALE_TYPES = ['rps', 'capacity', 'cpu', 'queue'] as const;
type ScaleType = (typeof SCALE_TYPES)[number];

/** The rule for a function's replicas, from its labels (docs.openfaas.com, Autoscaling). */
export interface ScalePolicy {
  readonly min: number;
  readonly max: number;
  /** Whether the function is stopped when nothing calls it. */
  readonly zero: boolean;
  /** How long it must have been without calls before that, in milliseconds. */
  readonly zeroDuration: number;
  /** rps: completed calls per second. capacity: calls in flight. cpu: thousandths of a core. queue: queued calls. */
  readonly type: ScaleType;
  /** The load for one replica, in the unit of `type`. */
  readonly target: number;
  /** The share of `target` that a replica gets, from 0.01 to 1, so that there is room for more. */
  readonly targetProportion: number;
  /** How long the load must have needed fewer replicas before some are removed, in milliseconds; 0: at once. */
  readonly downWindow: number;
}

export interface ScaleDefaults {
  readonly zeroDuration: number;
  readonly target: number;
}

const PREFIX = 'com.openfaas.scale.';
const LONGEST_DOWN_WINDOW_MS = 5 * 60_000;

/**
 * Reads the labels. One that cannot be read is ignored with a warning, and not refused, as OpenFaaS does not refuse it.
 * @returns the policy, and a line for each label that has no effect
 */
export function readScalePolicy(
  { labels }: Pick<Deployment, 'labels'>,
  defaults: ScaleDefaults,
): { policy: ScalePolicy; warnings: readonly string[] } {
  const options = new StatedOptions('label', labels, PREFIX);
  const min = options.read('min', 1, replicas, 'a whole number from 1');
  const max = options.read('max', Math.max(20, min), replicas, 'a whole number from 1');
  if (max < min)
    options.warnings.push(`the label ${PREFIX}max=${max} has no effect: it is below min, ${min}`);
  const policy = {
    min,
    max: Math.max(max, min),
    zero: options.read('zero', false, flag, 'true or false'),
    zeroDuration: options.read(
      'zero-duration',
      defaults.zeroDuration,
      duration(1, Infinity),
      'a duration, such as 15m',
    ),
    type: options.read(
      'type',
      'rps',
      (text) => SCALE_TYPES.find((type) => type === text),
      SCALE_TYPES.join(', '),
    ),
    target: options.read('target', defaults.target, number(Number.MIN_VALUE, 1e9), 'a number over 0'),
    targetProportion: options.read('target-proportion', 0.9, number(0.01, 1), 'a number from 0.01 to 1'),
    downWindow: options.read(
      'down.window',
      0,
      duration(0, LONGEST_DOWN_WINDOW_MS),
      `a duration up to ${formatDuration(LONGEST_DOWN_WINDOW_MS)}`,
    ),
  };
  return { policy, warnings: options.warnings };
}

function replicas(text: string): number | undefined {
  return /^0*[1-9]\d*$/.test(text) ? Math.min(Number(text), MOST_REPLICAS) : undefined;
}

function number(least: number, most: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  };
}

function duration(least: number, most: number): (text: string) => number | undefined {
  return (text) => {
    const value = parseDuration(text);
    return value !== undefined && value >= least && value <= most ? value : undefined;
  };
}

function flag(text: string): boolean | undefined {
  if (/^(?:1|t|true)$/i.test(text)) return true;
  return /^(?:0|f|false)$/i.test(text) ? false : undefined;
}

/** The labels that ask for scaling by load. Without any of them, the number of replicas stays as it was last set. */
const BY_LOAD = ['type', 'target', 'target-proportion', 'max', 'down.window'];

/** Whether a function's replicas follow its load. */
export function isAutoscaled({ labels }: Pick<Deployment, 'labels'>): boolean {
  return BY_LOAD.some((name) => labels[PREFIX + name] !== undefined);
}
