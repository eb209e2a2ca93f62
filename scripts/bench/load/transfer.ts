import { OrderProcess } from './order-process.ts';

/** The same transfer over and over, on each connection one at a time, counted in bytes. */
export interface TransferOrder {
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Of the request. */
  readonly bodyBytes: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface TransferResult {
  /** Of bodies, both ways, within the time: of uploads those that were answered. */
  readonly bytes: number;
  /** Transfers that have ended within the time. */
  readonly transfers: number;
  /** Milliseconds. */
  readonly elapsed: number;
  /** Answers other than a whole 200, and connections that broke. */
  readonly failures: number;
  /** How much of one processor the client took, 1 for all of it. */
  readonly generatorCpu: number;
}

export type TransferClient = OrderProcess<TransferOrder, TransferResult>;

/** A client of our own on plain sockets: what it does with a byte costs it less than any client's HTTP parser. */
export function startTransferClient(): TransferClient {
  return new OrderProcess('./transfer-process.ts');
}
