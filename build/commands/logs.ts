import type { FunctionLine, FunctionStatus, GatewayClient, LogQuery } from '../gateway-client/client.ts';
import { followEvents } from '../gateway-client/events.ts';
import { shownName } from '../gateway-client/function-names.ts';
import { keyOf, LiveFunctions } from '../gateway-client/live-functions.ts';
import { connectGateway, type GatewayChoice } from '../gateway-client/running-gateway.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { Prefixes } from '../terminal/colours.ts';

type Print = (line: FunctionLine) => void;
type Named = Pick<FunctionStatus, 'name' | 'namespace'>;

export interface LogsOptions extends LogQuery, GatewayChoice {
  readonly json: boolean;
}

/**
 * `ofkit logs`: prints the lines of one function unchanged, or of several with a name before each line, in a colour.
 * @param names `NAME` or `NAME.NAMESPACE`; none for all functions
 */
export async function printLogs(host: Host, names: readonly string[], options: LogsOptions): Promise<void> {
  const client = await connectGateway(host, options);
  const all = await client.list();
  const missing = names.find((name) => !all.some((status) => shownName(status) === name));
  if (missing !== undefined) {
    const known = all.map(shownName).join(', ') || 'none';
    throw new KitError('NOT_FOUND', `no function ${missing} runs here: there are ${known}`);
  }
  const chosen = all.filter((status) => names.length === 0 || names.includes(shownName(status)));
  const prefixes = new Prefixes(host.out, chosen.map(shownName).sort());
  const print: Print = (line) => {
    const text = names.length === 1 ? line.text : prefixes.line(shownName(line), line.text);
    host.out.line(options.json ? JSON.stringify(line) : text);
  };
  const { interrupted } = host;
  try {
    if (options.follow && names.length === 0)
      return await followAll(client, chosen, options, interrupted, print);
    const streams = chosen.map((status) => client.logs(status, options, interrupted));
    if (options.follow) await Promise.all(streams.map((stream) => printEach(stream, print)));
    else for (const line of await inOrder(streams)) print(line);
  } catch (error) {
    if (!interrupted.aborted) throw error; // Ctrl-C is the usual end
  }
}

/** Prints the lines of the functions that there are, and of those that are deployed later, until the gateway ends. */
async function followAll(
  client: GatewayClient,
  present: readonly Named[],
  options: LogQuery,
  interrupted: AbortSignal,
  print: Print,
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([interrupted, failed.signal]);
  const followed = new Map<string, Promise<void>>();
  const follow = (one: Named): void => {
    const key = keyOf(one);
    if (followed.has(key)) return;
    const ended = printEach(client.logs(one, options, signal), print)
      .catch((error: unknown) => {
        const isRemoved = error instanceof KitError && error.code === 'NOT_FOUND';
        if (!isRemoved) failed.abort(error);
      })
      .finally(() => followed.delete(key));
    followed.set(key, ended);
  };
  for (const one of present) follow(one);
  try {
    const live = new LiveFunctions();
    for await (const event of followEvents(client, signal)) {
      live.take(event);
      for (const one of live.all) follow(one);
    }
  } catch (error) {
    failed.signal.throwIfAborted();
    // Other gateways with OpenFaaS's API do not have these events.
    if (!(error instanceof KitError && ['NOT_FOUND', 'INVALID'].includes(error.code))) throw error;
  }
  await Promise.all(followed.values());
  failed.signal.throwIfAborted();
}

async function printEach(lines: AsyncIterable<FunctionLine>, print: Print): Promise<void> {
  for await (const line of lines) print(line);
}

/** Merges the lines of several functions in the order in which they were written. */
async function inOrder(streams: readonly AsyncIterable<FunctionLine>[]): Promise<FunctionLine[]> {
  const lines: FunctionLine[] = [];
  await Promise.all(streams.map((stream) => printEach(stream, (line) => lines.push(line))));
  return lines.sort((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
}
