import { setTimeout as sleep } from 'node:timers/promises';
import { LINE_MARK, NOT_READY_YET, readFailureNote } from '../../common/status-notes.ts';
import { KitError } from '../errors.ts';
import type { FunctionStatus, GatewayClient } from './client.ts';
import type { DeploymentBody } from './deployment.ts';

/** How long a function may take to be ready, in milliseconds. The gateway gives an instance a minute. */
const READY_WITHIN_MS = 90_000;
const POLL_MS = 50;

/**
 * Waits until a function that was deployed is ready.
 * @throws KitError START_FAILED with why, and what it wrote last, as soon as an instance has failed
 */
export async function untilReady(
  client: GatewayClient,
  { service, namespace }: DeploymentBody,
  interrupted: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    interrupted.throwIfAborted();
    const status = await client.status(service, namespace);
    refuseFailed(status);
    if (isReady(status)) return;
    await sleep(POLL_MS);
  }
  throw new KitError(
    'START_FAILED',
    `${service} does not start: it was not ready within ${READY_WITHIN_MS / 1000} s: see "ofkit logs ${service}"`,
  );
}

function isReady({ replicas = 0, availableReplicas = 0, notes = [] }: FunctionStatus): boolean {
  return (availableReplicas > 0 || replicas === 0) && !notes.includes(NOT_READY_YET);
}

function refuseFailed({ name, notes = [] }: FunctionStatus): void {
  const reason = notes.map(readFailureNote).find((found) => found !== undefined);
  if (reason === undefined) return;
  const output = notes
    .filter((note) => note.startsWith(LINE_MARK))
    .map((note) => note.slice(LINE_MARK.length))
    .join('\n');
  throw new KitError('START_FAILED', `${name} does not start: ${reason}`, { output });
}
