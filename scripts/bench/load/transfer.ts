import { OrderProcess } from './order-process.ts';

/** The same transfer over and over, one at a time on each connection, counted in bytes. */
export interface TransferOrder {
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Bytes of the request's body. */
  readonly bodyBytes: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface TransferResult {
  /** Bytes of bodies in both directions within the time; of uploads only those that were answered. */
  readonly bytes: number;
  /** Transfers that have ended within the time. */
  readonly transfers: number;
  /** Milliseconds. */
  readonly elapsed: number;
  /** Answers other than a whole 200, and connections that broke. */
  readonly failures: number;
  /** The part of one processor that the client took, 1 for all of it. */
  readonly generatorCpu: number;
}

export type TransferClient = OrderProcess<TransferOrder, TransferResult>;

/** A client of our own on bare sockets, which spends less on a byte than the HTTP parser of any client. */
export function startTransferClient(): TransferClient {
  return new OrderProcess('./transfer-process.ts');
}
