import type { HttpCounts } from '../server/metrics/http-metrics.ts';

/** The variable that tells a process that it is a worker, and gives it its order. */
export const WORKER_VARIABLE = 'FWATCHDOG_WORKER';

/** The value of that variable, as JSON. */
export interface WorkerOrder {
  /** This worker's share of max_inflight, 0 for no limit. */
  readonly maxInflight: number;
  /** This worker's share of prefork. */
  readonly prefork: number;
  /** Milliseconds between two signs of life. */
  readonly beatMs: number;
  /** Whether it starts together with the watchdog, and not in place of a worker that has ended. */
  readonly isFirst: boolean;
  /** Whether it reports the lines of the start, which are logged once for all workers. */
  readonly announces: boolean;
  /** The process of http mode's function; 0 in other modes. */
  readonly functionPid: number;
  /** Variables for the worker alone, which the function's processes do not get. */
  readonly ownVariables: readonly string[];
}

/** A worker's report of itself. It is also its sign of life. */
export interface WorkerState {
  readonly type: 'state';
  readonly counts: HttpCounts;
  readonly inFlight: number;
  /** As `inFlight`, without upgraded connections. */
  readonly open: number;
  /** Processes that it has started for the function so far, and those of them that are alive. */
  readonly starts: number;
  readonly processIds: readonly number[];
  /** CPU seconds of its own. */
  readonly cpuSeconds: number;
  /** Seconds by quantile. */
  readonly delay: readonly (readonly [number, number])[];
}

export type FromWorker =
  | WorkerState
  /** It serves. */
  | { readonly type: 'ready' }
  /** It takes no connection any more, and all its requests are answered. */
  | { readonly type: 'drained' }
  /** A line of the start, for the log. */
  | { readonly type: 'line'; readonly text: string }
  /** It could not start. The text is the line for the operator. */
  | { readonly type: 'failed'; readonly text: string };

export interface ToWorker {
  readonly type: SupervisorCommand;
}

export const COMMANDS = [
  /** Report your state now. */
  'report',
  /** Be unhealthy from now on. */
  'refuse',
  /** Take no connection any more, and answer the requests in flight. */
  'drain',
  /** End your part of the function gently, and then yourself. */
  'stop',
  /** The function of http mode takes connections. */
  'function accepts',
  /** The function of http mode has ended. */
  'function ended',
] as const;
export type SupervisorCommand = (typeof COMMANDS)[number];

/** Whether a message is one of ours. A function may send its own over the same channel. */
export function isOurs<T extends { readonly type: string }>(
  message: unknown,
  types: readonly T['type'][],
): message is T {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return types.some((type) => type === message.type);
}
