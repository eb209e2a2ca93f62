/** The order of a load generator: the same request over and over, one at a time on each connection. */
export interface LoadOrder {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  /** The content type of the body. */
  readonly type?: string;
  readonly connections: number;
  readonly seconds: number;
}

/** The result of a load. Times are in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 200, and connections that broke. */
  readonly failures: number;
  /** The part of one processor that the generator took, 1 for all of it; null where it does not say. */
  readonly generatorCpu: number | null;
}

/** A load generator: a process of its own, ended by close(). */
export interface LoadGenerator {
  readonly name: string;
  run(order: LoadOrder): Promise<LoadResult>;
  close(): Promise<void>;
}
