import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { StoredQueue, type QueueOptions } from '../../gateway/async/stored-queue.ts';
import type { CallContent, NewCall } from '../../gateway/async/async-call.ts';
import type { RetryPolicy } from '../../gateway/async/retry-policy.ts';
import { embedded, type BackEnd } from './back-ends.ts';
import { newFolder, removeFolder } from './folder.ts';
import type { Owner } from './owner.ts';

/** Queues in the test's own process, before a server that stands for the gateway's functions. */

export const QUICK_POLICY: RetryPolicy = { attempts: 2, codes: new Set([503]), minWait: 20, maxWait: 20 };

/** Answers a call of `/function/NAME.NAMESPACE/PATH`. */
type Handler = (path: string, response: http.ServerResponse) => void;

/** @returns `HOST:PORT`, and the paths of the calls that came */
export async function functionServer(
  owner: Owner,
  handle: Handler,
): Promise<{ address: string; calls: string[] }> {
  const calls: string[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    calls.push(path);
    request.resume().on('end', () => handle(path, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  owner.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** A queue in a folder of its own, which is not started yet. */
export async function openQueue(
  owner: Owner,
  options: Partial<QueueOptions> & { readonly folder?: string; readonly backEnd?: BackEnd } = {},
): Promise<StoredQueue> {
  const folder = options.folder ?? newFolder();
  const settings: QueueOptions = {
    maxInflight: () => 50,
    mostCalls: 1_000_000,
    mostBytes: 1 << 30,
    history: { keepFor: 3_600_000, keepMost: 10_000, keepBytes: 1 << 30 },
    backoff: 'exponential',
    policyOf: () => Promise.resolve(QUICK_POLICY),
    warn: () => undefined,
    ...options,
  };
  const queue = await StoredQueue.open(settings, await (options.backEnd ?? embedded).openStore(folder));
  owner.after(async () => {
    await queue.stop();
    if (options.folder === undefined) removeFolder(folder);
  });
  return queue;
}

/** A call of the function `name`, whose path is its id. */
export function newCall(
  callId: string,
  { name = 'fn', ...content }: Partial<CallContent> & { readonly name?: string } = {},
): NewCall {
  return {
    callId,
    name: { name, namespace: 'openfaas-fn' },
    calledAs: name,
    queue: 'faas-request',
    content: { target: `/${callId}`, headers: [], body: Buffer.from('x'), ...content },
  };
}
