import type { CallContent, CallRecord, NewCall } from './async-call.ts';

/** What is known of a call as it comes. @param now milliseconds since 1970 */
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

/** What a call takes, but for the little that is the same for all. */
function sizeOf({ target, headers, callbackUrl = '', body }: CallContent): number {
  return (
    body.length + target.length + callbackUrl.length + headers.reduce((sum, text) => sum + text.length, 0)
  );
}
