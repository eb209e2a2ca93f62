import type { HttpCounts } from '../server/metrics/http-metrics.ts';

/** The variable by which a process is told that it is a worker, and what it needs to know of that. */
export const WORKER_VARIABLE = 'FWATCHDOG_WORKER';

/** The value of that variable, as JSON. */
export interface WorkerOrder {
  /** This worker's share of max_inflight, 0 for no limit. */
  readonly maxInflight: number;
  /** Milliseconds between two signs of life. */
  readonly beatMs: number;
}

/** What a worker tells of itself now and then; that it does is its sign of life. */
export interface WorkerState {
  readonly type: 'state';
  readonly counts: HttpCounts;
  readonly inFlight: number;
  /** Seconds by quantile. */
  readonly delay: readonly (readonly [number, number])[];
}

export type FromWorker =
  | WorkerState
  /** It serves. */
  | { readonly type: 'ready' }
  /** It could not start: the line for the operator. */
  | { readonly type: 'failed'; readonly text: string };

export type ToWorker =
  /** Tell your state now. */
  | { readonly type: 'report' }
  /** Be unhealthy from now on. */
  | { readonly type: 'refuse' }
  /** Take no connection any more, answer what is there, and end. */
  | { readonly type: 'drain' };

/** A message of one of ours; a function may send its own over the same channel. */
export function isOurs<T extends { readonly type: string }>(
  message: unknown,
  types: readonly T['type'][],
): message is T {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return types.some((type) => type === message.type);
}
