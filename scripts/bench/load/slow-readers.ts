import { OrderProcess } from './order-process.ts';

/** Opens `count` connections that each ask for the path and read the answer at a trickle; 0 ends those there are. */
export interface SlowReadersOrder {
  readonly port: number;
  readonly path: string;
  readonly count: number;
}

export interface SlowReadersResult {
  /** Connections that broke, or whose answer was not under way when it was to be. */
  readonly failures: number;
}

/** How long it may take until all answers are under way, in seconds. */
export const OPEN_WITHIN = 20;

export type SlowReaders = OrderProcess<SlowReadersOrder, SlowReadersResult>;

export function startSlowReaders(): SlowReaders {
  return new OrderProcess('./slow-readers-process.ts');
}
