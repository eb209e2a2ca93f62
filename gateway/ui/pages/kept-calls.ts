import { keep, kept } from '../live/preferences.ts';
import type { CallOutcome } from './send-call.ts';
import type { TestCall } from './test-call.ts';

export interface KeptCall {
  readonly call: TestCall;
  readonly at: string;
  readonly status: number;
}

const MOST_CALLS = 20;
/** In characters. Larger bodies are not kept, as browsers give a site a few MiB for all that it keeps. */
const LARGEST_BODY = 32_768;

/** @returns the last calls of a function that this browser made, the newest first */
export function keptCalls(name: string): readonly KeptCall[] {
  try {
    const calls: unknown = JSON.parse(kept(`calls.${name}`));
    return Array.isArray(calls) ? (calls as KeptCall[]) : [];
  } catch {
    return [];
  }
}

export function keepCall(name: string, call: TestCall, { status }: CallOutcome): readonly KeptCall[] {
  const body = call.body.length > LARGEST_BODY ? '' : call.body;
  const calls = [{ call: { ...call, body }, at: new Date().toISOString(), status }, ...keptCalls(name)];
  const last = calls.slice(0, MOST_CALLS);
  keep(`calls.${name}`, JSON.stringify(last));
  return last;
}
