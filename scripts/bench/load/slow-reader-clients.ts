import { OrderProcess } from './order-process.ts';

/** Opens `count` connections that each ask for the path and read the answer slowly; 0 ends the present ones. */
export interface SlowReadersOrder {
  readonly port: number;
  readonly path: string;
  readonly count: number;
}

export interface SlowReadersResult {
  /** Connections that broke, or whose answer was not under way in time. */
  readonly failures: number;
}

/** How long it may take until all answers are under way, in seconds. */
export const OPEN_WITHIN = 20;

export type SlowReaders = OrderProcess<SlowReadersOrder, SlowReadersResult>;

export function startSlowReaders(): SlowReaders {
  return new OrderProcess('./slow-readers-process.ts');
}
