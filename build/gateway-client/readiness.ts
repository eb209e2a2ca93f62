import { setTimeout as sleep } from 'node:timers/promises';
import { LINE_MARK, NOT_READY_YET, readFailureNote } from '../../common/status-notes.ts';
import { KitError } from '../errors.ts';
import type { FunctionStatus, GatewayClient } from './client.ts';
import type { DeploymentBody } from './deployment.ts';

/** How long a function may take to be ready, in milliseconds. It is longer than the minute that the gateway allows. */
const READY_WITHIN_MS = 90_000;
const POLL_MS = 10;

/** The reason why a function does not start. */
export interface StartFailure {
  /** The reason in words: `it ended with exit status 1 before it was ready`. */
  readonly reason: string;
  /** The last lines that it wrote. */
  readonly output: string;
}

/**
 * Waits until a function that was deployed is ready.
 * @throws KitError START_FAILED with the reason and the last output, as soon as an instance has failed, or after 90 s
 */
export async function untilReady(
  client: GatewayClient,
  deployment: DeploymentBody,
  interrupted: AbortSignal,
): Promise<void> {
  const failure = await outcomeOfStart(client, deployment, interrupted);
  if (!failure) return;
  const { reason, output } = failure;
  throw new KitError('START_FAILED', `${deployment.service} does not start: ${reason}`, { output });
}

/**
 * Waits until a function that was deployed is ready, or an instance has failed.
 * @returns the reason of the failure; undefined for a function that is ready
 */
export async function outcomeOfStart(
  client: GatewayClient,
  { service, namespace }: DeploymentBody,
  interrupted: AbortSignal,
): Promise<StartFailure | undefined> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    interrupted.throwIfAborted();
    const status = await client.status(service, namespace);
    const failure = failureOf(status);
    if (failure || isReady(status)) return failure;
    await sleep(POLL_MS);
  }
  const reason = `it was not ready within ${READY_WITHIN_MS / 1000} s: see "ofkit logs ${service}"`;
  return { reason, output: '' };
}

function isReady({ replicas = 0, availableReplicas = 0, notes = [] }: FunctionStatus): boolean {
  return (availableReplicas > 0 || replicas === 0) && !notes.includes(NOT_READY_YET);
}

function failureOf({ notes = [] }: FunctionStatus): StartFailure | undefined {
  const reason = notes.map(readFailureNote).find((found) => found !== undefined);
  if (reason === undefined) return undefined;
  const output = notes
    .filter((note) => note.startsWith(LINE_MARK))
    .map((note) => note.slice(LINE_MARK.length))
    .join('\n');
  return { reason, output };
}
