import type { FunctionName } from '../functions/function-name.ts';

/** The state of a queued call. The last three are final. */
export type AsyncState = 'waiting' | 'running' | 'done' | 'dead' | 'cancelled';

/** Whether the answer has been sent to X-Callback-Url; `none` where the caller asked for no callback. */
type CallbackState = 'none' | 'pending' | 'sent' | 'failed';

/** The state of a queued call, without its content. */
export interface CallRecord {
  /** The id in the store, a whole number. Later calls have greater ids. */
  readonly id: string;
  /** X-Call-Id. It is not unique, as a client may send the same one twice. */
  readonly callId: string;
  readonly name: FunctionName;
  /** The function's name as the caller wrote it, for the callback's X-Function-Name. */
  readonly calledAs: string;
  readonly queue: string;
  readonly state: AsyncState;
  readonly callback: CallbackState;
  /** Tries that have ended. */
  readonly tries: number;
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
  /** When the next try may begin, in milliseconds since 1970. */
  readonly dueAt: number;
  /** When the call reached a final state, in milliseconds since 1970. */
  readonly finishedAt?: number;
  /** The HTTP status of the last try. */
  readonly lastStatus?: number;
  /** How long the last try took. */
  readonly lastSeconds?: number;
  /** The size of the content, in bytes. */
  readonly bytes: number;
}

/** The request that the function gets. */
export interface CallContent {
  /** Path and query, without the gateway's prefix. */
  readonly target: string;
  /** End-to-end headers: names and values alternate. */
  readonly headers: readonly string[];
  readonly callbackUrl?: string;
  readonly body: Buffer;
}

/** The answer of the function. It is kept until the callback has sent it. */
export interface CallAnswer {
  readonly status: number;
  readonly seconds: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** A call as it is submitted. */
export interface NewCall {
  readonly callId: string;
  readonly name: FunctionName;
  readonly calledAs: string;
  readonly queue: string;
  readonly content: CallContent;
}
