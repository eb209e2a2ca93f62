import type { AsyncState, CallRecord } from '../async/async-call.ts';
import { unknownCall } from '../async/call-history.ts';
import { GatewayError } from '../errors.ts';
import { object, textIfAny } from '../json/shape.ts';
import { ACCEPTED, json, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { functionOf } from './names.ts';

const STATES: readonly AsyncState[] = ['waiting', 'running', 'done', 'dead', 'cancelled'];
const USUAL_MOST = 100;
const MOST = 10_000;

/** `GET /system/async`: queued calls, the newest first. */
export function listCalls(call: Call, context: ApiContext): Answer {
  const { query } = call;
  const state = query.get('state') ?? '';
  const wanted = STATES.find((one) => one === state);
  if (state !== '' && !wanted)
    throw new GatewayError('REQUEST_INVALID', `state: expected one of ${STATES.join(', ')}`);
  const limit = Number(query.get('limit') || USUAL_MOST);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw new GatewayError('REQUEST_INVALID', `limit: expected a whole number from 1 to ${MOST}`);
  const name = query.get('function');
  const records = context.queue.list({
    most: limit,
    ...(wanted && { state: wanted }),
    ...(name !== null && name !== '' && { name: functionOf(call, context, name) }),
  });
  return json(records.map(callJson));
}

/** `GET /system/async/CALL-ID`. */
export function describeCall({ subject }: Call, { queue }: ApiContext): Answer {
  const record = queue.find(subject);
  if (!record) throw unknownCall(subject);
  return json(callJson(record));
}

/** How much of a body is given out, in bytes: without `limit`, and at most. */
const USUAL_BYTES = 1 << 20;
const MOST_BYTES = 64 << 20;

/**
 * `GET /system/async/CALL-ID/body`: the body that a dead call had, or its first `limit` bytes. It may be secret, so
 * it needs the access for a replay; it may be HTML, so no browser may show it as a page.
 */
export async function giveBody({ subject, query, principal }: Call, { queue }: ApiContext): Promise<Answer> {
  if (principal?.access !== 'write')
    throw new GatewayError('ACCESS_DENIED', 'bodies of calls are for logins that may write');
  const limit = Number(query.get('limit') || USUAL_BYTES);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_BYTES)
    throw new GatewayError('REQUEST_INVALID', `limit: expected a whole number from 1 to ${MOST_BYTES}`);
  const body = await queue.bodyOf(subject);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'X-Body-Length': String(body.length),
    },
    body: body.subarray(0, limit),
  };
}

const REPLAY = object({ body: textIfAny });

/**
 * `POST /system/async/CALL-ID/replay`: queues a dead call again, with another body if `{"body": "..."}` is sent.
 */
export async function replayCall(call: Call, { queue }: ApiContext): Promise<Answer> {
  const { body } = await call.readJson(REPLAY);
  await queue.replay(call.subject, body === undefined ? undefined : Buffer.from(body));
  return ACCEPTED;
}

function callJson(record: CallRecord): Record<string, unknown> {
  const { callId, name, queue, state, callback, tries, submittedAt, dueAt, finishedAt } = record;
  const { lastStatus, lastSeconds, bytes } = record;
  return {
    callId,
    function: name.name,
    namespace: name.namespace,
    queue,
    state,
    callback,
    tries,
    submittedAt: new Date(submittedAt).toISOString(),
    ...(state === 'waiting' && { dueAt: new Date(dueAt).toISOString() }),
    ...(finishedAt !== undefined && { finishedAt: new Date(finishedAt).toISOString() }),
    ...(lastStatus !== undefined && { lastStatus }),
    ...(lastSeconds !== undefined && { lastSeconds }),
    bytes,
  };
}
