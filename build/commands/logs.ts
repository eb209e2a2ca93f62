import type { FunctionLine, LogQuery } from '../gateway-client/client.ts';
import { shownName } from '../gateway-client/names.ts';
import { connectGateway, type GatewayChoice } from '../gateway-client/running-gateway.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { Prefixes } from '../terminal/colours.ts';

export interface LogsOptions extends LogQuery {
  readonly gateway: GatewayChoice;
  readonly json: boolean;
}

/** `ofkit logs`: of one function its lines as they are, of all of them each line behind a name. */
export async function printLogs(host: Host, name: string | undefined, options: LogsOptions): Promise<void> {
  const client = await connectGateway(host, options.gateway);
  const all = await client.list();
  const chosen = all.filter((status) => name === undefined || shownName(status) === name);
  if (name !== undefined && chosen.length === 0) {
    const known = all.map(shownName).join(', ') || 'none';
    throw new KitError('NOT_FOUND', `no function ${name} runs here: there are ${known}`);
  }
  const prefixes = new Prefixes(host.out, chosen.map(shownName).sort());
  const print = (line: FunctionLine): void => {
    const text = name === undefined ? prefixes.line(shownName(line), line.text) : line.text;
    host.out.line(options.json ? JSON.stringify(line) : text);
  };
  const streams = chosen.map((status) => client.logs(status, options, host.interrupted));
  try {
    if (options.follow) await Promise.all(streams.map((stream) => printEach(stream, print)));
    else for (const line of await inOrder(streams)) print(line);
  } catch (error) {
    if (!host.interrupted.aborted) throw error; // a Ctrl-C is the usual end
  }
}

async function printEach(
  lines: AsyncIterable<FunctionLine>,
  print: (line: FunctionLine) => void,
): Promise<void> {
  for await (const line of lines) print(line);
}

/** The lines of several functions in the order in which they were written. */
async function inOrder(streams: readonly AsyncIterable<FunctionLine>[]): Promise<FunctionLine[]> {
  const lines: FunctionLine[] = [];
  await Promise.all(streams.map((stream) => printEach(stream, (line) => lines.push(line))));
  return lines.sort((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
}
