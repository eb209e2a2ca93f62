import { KitError } from '../errors.ts';
import type { GatewayClient } from './client.ts';

/** One event of the gateway's stream, its data read as JSON. */
export interface GatewayEvent {
  readonly name: string;
  readonly data: unknown;
}

/** The silence after which a stream is dead, in milliseconds: the gateway sends something every five seconds. */
const SILENCE_MS = 12_000;
/** The longest event, in characters: enough for some 20,000 functions. */
const LONGEST_EVENT = 16 * 1024 * 1024;

/**
 * Follows `/system/events`, until the gateway or `signal` ends it.
 * @throws KitError as GatewayClient.send; INVALID for a stream that has no events
 */
export async function* followEvents(
  client: GatewayClient,
  signal: AbortSignal,
): AsyncGenerator<GatewayEvent> {
  const body = await client.stream('/system/events', { silenceMs: SILENCE_MS, signal });
  body.setEncoding('utf8');
  let rest = '';
  for await (const chunk of body) {
    const pieces = (rest + String(chunk)).split('\n\n');
    rest = pieces.pop() ?? '';
    if (rest.length > LONGEST_EVENT) throw noEvents(client);
    for (const piece of pieces) yield readEvent(client, piece);
  }
}

function readEvent(client: GatewayClient, text: string): GatewayEvent {
  const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/s.exec(text) ?? [];
  try {
    return { name, data: JSON.parse(data) as unknown };
  } catch {
    throw noEvents(client);
  }
}

function noEvents({ url }: GatewayClient): KitError {
  return new KitError('INVALID', `${url}/system/events is no stream of events: is this an of-gateway?`);
}
