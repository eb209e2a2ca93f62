import { readFailureNote } from '../../common/status-notes.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import { quantile } from './quantile.ts';
import { FIRST_BUCKET } from './sample.ts';
import { WINDOWS, type Step } from './series.ts';

/** `zero`: no instance is wanted. `degraded`: some are ready. `failing`: none is ready, as they fail. */
type FunctionState = 'ready' | 'starting' | 'degraded' | 'failing' | 'zero';

/** One function in the events of /system/events. */
export interface FunctionView {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly state: FunctionState;
  readonly replicas: number;
  readonly availableReplicas: number;
  readonly createdAt: string;
  readonly deployedAt?: string;
  /** Calls that have ended since the start. */
  readonly calls: number;
  readonly inFlight: number;
  /** Calls per second. This and the next three are of the last 30 seconds. */
  readonly rate: number;
  /** The share of calls that ended with 5xx, from 0 to 1. */
  readonly errors: number;
  /** Durations in milliseconds; missing where there was no call. */
  readonly p50?: number;
  readonly p95?: number;
  /** The last measured usage: thousandths of a core, and bytes. */
  readonly cpu?: number;
  readonly memory?: number;
  readonly instances?: readonly { readonly id: string; readonly state: string; readonly inFlight: number }[];
  /** Why instances are missing, where they have failed; else the first note of the status. */
  readonly note?: string;
}

/** The number of steps of five seconds over which rates are averaged. */
export const RECENT_STEPS = 6;

/** The figures of a function that are not in its status. */
export interface ViewFacts {
  readonly calls: number;
  readonly inFlight: number;
  /** The last RECENT_STEPS steps. */
  readonly recent: readonly (Step | undefined)[];
  readonly usage: { readonly cpu: number; readonly totalMemoryBytes: number } | undefined;
}

export function functionView(
  status: FunctionStatus,
  { calls, inFlight, recent, usage }: ViewFacts,
): FunctionView {
  const { deployment, replicas, availableReplicas, createdAt, deployedAt, instances, notes } = status;
  const note = notes.find((text) => readFailureNote(text) !== undefined) ?? notes[0];
  return {
    name: deployment.name,
    namespace: deployment.namespace,
    image: deployment.image,
    state: stateOf(status),
    replicas,
    availableReplicas,
    createdAt: createdAt.toISOString(),
    ...(deployedAt && { deployedAt: deployedAt.toISOString() }),
    calls,
    inFlight,
    ...rates(recent),
    ...(usage && { cpu: Math.round(usage.cpu), memory: usage.totalMemoryBytes }),
    ...(instances && { instances }),
    ...(note !== undefined && { note }),
  };
}

function stateOf({ replicas, availableReplicas, notes }: FunctionStatus): FunctionState {
  if (replicas === 0) return 'zero';
  if (availableReplicas >= replicas) return 'ready';
  if (availableReplicas > 0) return 'degraded';
  return notes.some((note) => readFailureNote(note) !== undefined) ? 'failing' : 'starting';
}

function rates(recent: readonly (Step | undefined)[]): Pick<FunctionView, 'rate' | 'errors' | 'p50' | 'p95'> {
  const steps = recent.filter((step) => step !== undefined);
  const width = steps[0]?.counts.length ?? 0;
  const counts = Array.from({ length: width }, (_, at) =>
    steps.reduce((sum, step) => sum + (step.counts[at] ?? 0), 0),
  );
  const ended = counts.slice(0, FIRST_BUCKET).reduce((sum, count) => sum + count, 0);
  const lasted = steps.at(-1)?.seconds ?? 0;
  const seconds = WINDOWS['5m'].stepSeconds * (RECENT_STEPS - 1) + lasted;
  const buckets = counts.slice(FIRST_BUCKET);
  const p50 = quantile(buckets, 0.5);
  const p95 = quantile(buckets, 0.95);
  return {
    rate: rounded(ended / seconds),
    errors: ended === 0 ? 0 : rounded((counts[FIRST_BUCKET - 1] ?? 0) / ended),
    ...(p50 !== undefined && { p50: rounded(p50 * 1000) }),
    ...(p95 !== undefined && { p95: rounded(p95 * 1000) }),
  };
}

/** Rounds to three significant digits, so that smaller changes are not sent to readers. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
