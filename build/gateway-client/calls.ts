import type { GatewayClient } from './client.ts';

/** A queued call as the gateway describes it. */
export interface QueuedCall {
  readonly callId: string;
  readonly function: string;
  readonly namespace: string;
  readonly queue: string;
  readonly state: string;
  readonly callback: string;
  /** How many tries have ended. */
  readonly tries: number;
  readonly submittedAt: string;
  readonly dueAt?: string;
  readonly finishedAt?: string;
  readonly lastStatus?: number;
  readonly lastSeconds?: number;
  readonly bytes: number;
}

export const CALL_STATES = ['waiting', 'running', 'done', 'dead', 'cancelled'] as const;

export interface CallFilter {
  /** `NAME` or `NAME.NAMESPACE`. */
  readonly function?: string | undefined;
  readonly state?: string | undefined;
  readonly limit?: number | undefined;
}

/** Lists queued calls, the newest first. */
export async function listCalls(client: GatewayClient, filter: CallFilter): Promise<readonly QueuedCall[]> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  return (await client.send('GET', `/system/async?${query}`)).json() as QueuedCall[];
}

/** Describes a call. @throws KitError NOT_FOUND */
export async function describeCall(client: GatewayClient, callId: string): Promise<QueuedCall> {
  return (await client.send('GET', `/system/async/${encodeURIComponent(callId)}`)).json() as QueuedCall;
}

/** Ends a call that waits or runs. @throws KitError NOT_FOUND */
export async function cancelCall(client: GatewayClient, callId: string): Promise<void> {
  await client.send('DELETE', `/async-function/${encodeURIComponent(callId)}`);
}

/**
 * Queues a dead call again.
 * @param body a new body; undefined for the one that the call had
 * @throws KitError NOT_FOUND, INVALID for a call that is not dead
 */
export async function replayCall(
  client: GatewayClient,
  callId: string,
  body: string | undefined,
): Promise<void> {
  const path = `/system/async/${encodeURIComponent(callId)}/replay`;
  await client.send('POST', path, { body: body === undefined ? {} : { body } });
}
