import {
  cancelCall,
  describeCall,
  listCalls,
  replayCall,
  type CallFilter,
  type QueuedCall,
} from '../gateway-client/calls.ts';
import { connectGateway, type GatewayChoice } from '../gateway-client/running-gateway.ts';
import { shownName } from '../gateway-client/function-names.ts';
import type { Host } from '../host.ts';
import { alignColumns } from '../terminal/text-table.ts';

export interface AsyncOptions extends GatewayChoice {
  readonly json: boolean;
}

/** `ofkit async list`: prints queued calls, the newest first. */
export async function listQueuedCalls(host: Host, filter: CallFilter, options: AsyncOptions): Promise<void> {
  const calls = await listCalls(await connectGateway(host, options), filter);
  if (options.json) {
    host.out.line(JSON.stringify(calls, undefined, 2));
    return;
  }
  const rows = calls.map((call) => [
    call.callId,
    nameOf(call),
    call.state,
    String(call.tries),
    String(call.lastStatus ?? '-'),
    call.submittedAt,
  ]);
  const head = ['CALL', 'FUNCTION', 'STATE', 'TRIES', 'STATUS', 'SUBMITTED'];
  for (const line of alignColumns([head, ...rows])) host.out.line(line);
}

/** `ofkit async show`: prints everything that the gateway knows of a call. */
export async function showQueuedCall(host: Host, callId: string, options: AsyncOptions): Promise<void> {
  const call = await describeCall(await connectGateway(host, options), callId);
  if (options.json) {
    host.out.line(JSON.stringify(call, undefined, 2));
    return;
  }
  const rows: [name: string, value: string | number | undefined][] = [
    ['Call', call.callId],
    ['Function', nameOf(call)],
    ['Queue', call.queue],
    ['State', call.state],
    ['Submitted', call.submittedAt],
    ['Tries', call.tries],
    ['Next try', call.dueAt],
    ['Ended', call.finishedAt],
    ['Last status', call.lastStatus],
    ['Last duration', call.lastSeconds === undefined ? undefined : `${call.lastSeconds} s`],
    ['Callback', call.callback],
    ['Bytes', call.bytes],
  ];
  const known = rows.filter(([, value]) => value !== undefined);
  for (const line of alignColumns(known.map(([name, value]) => [`${name}:`, String(value)])))
    host.out.line(line);
}

/** `ofkit async cancel`: ends calls that wait or run. */
export async function cancelQueuedCalls(
  host: Host,
  callIds: readonly string[],
  gateway: GatewayChoice,
): Promise<void> {
  const client = await connectGateway(host, gateway);
  for (const callId of callIds) {
    await cancelCall(client, callId);
    host.out.line(`${callId}: cancelled`);
  }
}

/** `ofkit async replay`: queues dead calls again. */
export async function replayQueuedCalls(
  host: Host,
  callIds: readonly string[],
  body: string | undefined,
  gateway: GatewayChoice,
): Promise<void> {
  const client = await connectGateway(host, gateway);
  for (const callId of callIds) {
    await replayCall(client, callId, body);
    host.out.line(`${callId}: queued again`);
  }
}

function nameOf({ function: name, namespace }: QueuedCall): string {
  return shownName({ name, namespace });
}
