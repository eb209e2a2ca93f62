import { messageOf } from '../../common/errors.ts';
import type { FunctionName } from '../functions/function-name.ts';
import type { CallAnswer, CallContent, CallRecord } from './async-call.ts';
import type { CallStore } from './call-store.ts';
import type { Callbacks } from './callback.ts';
import type { Delivery } from './delivery.ts';
import { nextTry, type Backoff, type Outcome, type RetryPolicy } from './retry-policy.ts';

export interface RunContext {
  readonly store: CallStore;
  readonly delivery: Delivery;
  readonly callbacks: Callbacks;
  readonly policy: (name: FunctionName) => Promise<RetryPolicy>;
  readonly backoff: Backoff;
  readonly warn: (line: string) => void;
}

/** How long a call waits after an error of the gateway: its content or its function's annotations could not be read. */
const FAULT_WAIT_MS = 10_000;

/**
 * One run of a queued call: one try and, where no other follows, the callback. The answer is written to the disk before
 * the callback is sent, so that a restart repeats only the callback and not the function, unless that write fails.
 */
export class CallRun {
  /** Resolves with the next state of the call; undefined where the run was given up. */
  readonly ended: Promise<CallRecord | undefined>;
  readonly #context: RunContext;
  readonly #givenUp = new AbortController();
  readonly #drained = new AbortController();

  constructor(record: CallRecord, context: RunContext) {
    this.#context = context;
    this.ended = this.#run(record).catch((thrown: unknown): CallRecord | undefined => {
      if (this.#givenUp.signal.aborted || this.#drained.signal.aborted) return undefined;
      context.warn(`The queued call ${record.callId} could not be made: ${messageOf(thrown)}`);
      return { ...record, state: 'waiting', dueAt: Date.now() + FAULT_WAIT_MS };
    });
  }

  /** Lets the request under way end, but gives the run up where it would wait before it sends a callback again. */
  drain(): void {
    this.#drained.abort();
  }

  giveUp(): void {
    this.#givenUp.abort();
  }

  async #run(record: CallRecord): Promise<CallRecord> {
    const { store, policy } = this.#context;
    const content = await store.readContent(record.id);
    if (!content) return { ...record, state: 'dead' };
    const limits = await policy(record.name);
    // an answer on the disk means that only its callback is missing
    const answered = record.tries > 0 ? await store.readAnswer(record.id) : undefined;
    if (answered) return this.#callBack(record, content, answered, limits);
    return this.#try(record, content, limits);
  }

  async #try(record: CallRecord, content: CallContent, policy: RetryPolicy): Promise<CallRecord> {
    const tries = record.tries + 1;
    const { store, delivery, backoff } = this.#context;
    const waitAfter = (outcome: Outcome): number | undefined =>
      nextTry(policy, backoff, tries, outcome, Date.now(), Math.random());
    const wantsAnswer = (outcome: Outcome): boolean =>
      content.callbackUrl !== undefined && waitAfter(outcome) === undefined;
    const { outcome, seconds, answer } = await delivery.deliver(
      record,
      content,
      wantsAnswer,
      this.#givenUp.signal,
    );
    const tried: CallRecord = { ...record, tries, lastStatus: outcome.status, lastSeconds: seconds };
    const wait = waitAfter(outcome);
    if (wait !== undefined) return { ...tried, state: 'waiting', dueAt: Date.now() + wait };
    const final: CallRecord = { ...tried, state: hasFailed(outcome, policy) ? 'dead' : 'done' };
    if (content.callbackUrl === undefined) return final;
    const told = answer ?? {
      status: outcome.status,
      seconds,
      headers: [],
      body: Buffer.from(outcome.reason ?? ''),
    };
    // if the call was cancelled meanwhile, its record must not be written over
    this.#givenUp.signal.throwIfAborted();
    // the callback is sent even if the disk does not take the answer: the function has run, and does not run again
    await store.putAnswer(tried, told).catch((thrown: unknown) => this.#context.warn(messageOf(thrown)));
    return this.#callBack(final, content, told, policy);
  }

  async #callBack(
    record: CallRecord,
    { callbackUrl = '' }: CallContent,
    answer: CallAnswer,
    policy: RetryPolicy,
  ): Promise<CallRecord> {
    const { callbacks } = this.#context;
    const signals = { signal: this.#givenUp.signal, rest: this.#drained.signal };
    const isTaken = await callbacks.send(callbackUrl, record, answer, policy, signals);
    const state = hasFailed({ status: answer.status, isInternal: false }, policy) ? 'dead' : 'done';
    return {
      ...record,
      state: record.state === 'running' ? state : record.state,
      callback: isTaken ? 'sent' : 'failed',
    };
  }
}

/** Whether a call that is not tried again has failed. A status that the policy would not try again is a good answer. */
function hasFailed({ status, isInternal }: Outcome, policy: RetryPolicy): boolean {
  return isInternal || policy.codes.has(status);
}
