import type { FunctionName } from '../functions/function-name.ts';

/** Where a queued call stands in its life. */
export type AsyncState = 'waiting' | 'running' | 'done' | 'dead' | 'cancelled';

/** What became of the answer's way to X-Callback-Url. */
type CallbackState = 'none' | 'pending' | 'sent' | 'failed';

/** What is known of a queued call without its content. */
export interface CallRecord {
  /** Of the store: later calls have later ones. */
  readonly id: string;
  /** X-Call-Id, of which a client may use one twice. */
  readonly callId: string;
  readonly name: FunctionName;
  /** As the caller named it: X-Function-Name of the callback. */
  readonly calledAs: string;
  readonly queue: string;
  readonly state: AsyncState;
  readonly callback: CallbackState;
  /** Tries that have ended. */
  readonly tries: number;
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
  /** When it may be tried next, in milliseconds since 1970. */
  readonly dueAt: number;
  readonly finishedAt?: number;
  /** Of the last try. */
  readonly lastStatus?: number;
  readonly lastSeconds?: number;
  /** What its content takes in the store. */
  readonly bytes: number;
}

/** What the function is called with. */
export interface CallContent {
  /** Path and query, without the gateway's prefix. */
  readonly target: string;
  /** End-to-end headers, names and values in turn. */
  readonly headers: readonly string[];
  readonly callbackUrl?: string;
  readonly body: Buffer;
}

/** What the function answered, as long as a callback has to tell of it. */
export interface CallAnswer {
  readonly status: number;
  readonly seconds: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What a caller submits. */
export interface NewCall {
  readonly callId: string;
  readonly name: FunctionName;
  readonly calledAs: string;
  readonly queue: string;
  readonly content: CallContent;
}
