import { join } from 'node:path';
import type { Logger } from '../log/logger.ts';
import { annotationsOf } from '../providers/annotations.ts';
import type { Provider } from '../providers/provider.ts';
import type { Settings } from '../settings/table.ts';
import type { CallQueue } from './call-queue.ts';
import type { CallStore } from './call-store.ts';
import { JetStreamStore } from './jetstream/jetstream-store.ts';
import { LevelStore } from './level-store.ts';
import { StoredQueue, type QueueOptions } from './stored-queue.ts';
import { readRetryPolicy, type RetryPolicy } from './retry-policy.ts';

/** The defaults of OpenFaaS for retries (docs.openfaas.com, Retries), where annotations and settings say nothing. */
const CODES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const MIN_WAIT_MS = 10_000;
const MAX_WAIT_MS = 120_000;

/**
 * Opens the queue that the settings describe, with the calls that were submitted before.
 * @throws GatewayError STORAGE_FAILED
 */
export async function openQueue(settings: Settings, provider: Provider, logger: Logger): Promise<CallQueue> {
  const defaults: RetryPolicy = {
    attempts: settings.retryAttempts,
    codes: CODES,
    minWait: MIN_WAIT_MS,
    maxWait: MAX_WAIT_MS,
  };
  const options: QueueOptions = {
    maxInflight: (queue) => settings.asyncQueues.get(queue) ?? settings.asyncMaxInflight,
    mostCalls: settings.asyncMaxCalls,
    mostBytes: settings.asyncMaxBytes,
    history: {
      keepFor: settings.asyncKeepFor,
      keepMost: settings.asyncKeepMost,
      keepBytes: settings.asyncMaxBytes,
    },
    backoff: settings.retryBackoff,
    policyOf: async (name) =>
      readRetryPolicy({ annotations: (await annotationsOf(provider, name)) ?? {} }, defaults).policy,
    warn: (line) => logger.warn(line),
  };
  return StoredQueue.open(options, await openStore(settings, options.warn));
}

/** Opens the store. The two kinds have different folders, so that neither takes the other's calls for its own. */
function openStore(settings: Settings, warn: (line: string) => void): Promise<CallStore> {
  const { stateDir, natsUrl, natsCredentials, natsStream, ackWait } = settings;
  if (!natsUrl) return LevelStore.open(join(stateDir, 'queue'));
  return JetStreamStore.open({
    folder: join(stateDir, 'queue-nats'),
    address: natsUrl,
    credentials: natsCredentials,
    stream: natsStream,
    ackWait,
    warn,
  });
}
