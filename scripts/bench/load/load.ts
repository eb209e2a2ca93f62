/** What a load generator is asked for: the same request over and over, on each connection one at a time. */
export interface LoadOrder {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  /** The content type of the body. */
  readonly type?: string;
  readonly connections: number;
  readonly seconds: number;
}

/** What it saw. Times in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 200, and connections that broke. */
  readonly failures: number;
  /** How much of one processor the generator took, 1 for all of it; null where it does not say. */
  readonly generatorCpu: number | null;
}

/** A load generator: a process of its own, ended by close(). */
export interface LoadGenerator {
  readonly name: string;
  run(order: LoadOrder): Promise<LoadResult>;
  close(): Promise<void>;
}
