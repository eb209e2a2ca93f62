import type { CallContent, CallRecord, NewCall } from './async-call.ts';

/** Makes the record of a new call. @param now milliseconds since 1970 */
export function newRecord(call: NewCall, id: string, now: number): CallRecord {
  const { callId, name, calledAs, queue, content } = call;
  return {
    id,
    callId,
    name,
    calledAs,
    queue,
    state: 'waiting',
    callback: content.callbackUrl === undefined ? 'none' : 'pending',
    tries: 0,
    submittedAt: now,
    dueAt: now,
    bytes: sizeOf(content),
  };
}

/** @returns the size of a call's content, in bytes (texts counted in characters) */
function sizeOf({ target, headers, callbackUrl = '', body }: CallContent): number {
  return (
    body.length + target.length + callbackUrl.length + headers.reduce((sum, text) => sum + text.length, 0)
  );
}
