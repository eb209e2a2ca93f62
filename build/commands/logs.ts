import type { FunctionLine, LogQuery } from '../gateway-client/client.ts';
import { shownName } from '../gateway-client/function-names.ts';
import { connectGateway, type GatewayChoice } from '../gateway-client/running-gateway.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { Prefixes } from '../terminal/colours.ts';

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
  const print = (line: FunctionLine): void => {
    const text = names.length === 1 ? line.text : prefixes.line(shownName(line), line.text);
    host.out.line(options.json ? JSON.stringify(line) : text);
  };
  const streams = chosen.map((status) => client.logs(status, options, host.interrupted));
  try {
    if (options.follow) await Promise.all(streams.map((stream) => printEach(stream, print)));
    else for (const line of await inOrder(streams)) print(line);
  } catch (error) {
    if (!host.interrupted.aborted) throw error; // Ctrl-C is the usual end
  }
}

async function printEach(
  lines: AsyncIterable<FunctionLine>,
  print: (line: FunctionLine) => void,
): Promise<void> {
  for await (const line of lines) print(line);
}

/** Merges the lines of several functions in the order in which they were written. */
async function inOrder(streams: readonly AsyncIterable<FunctionLine>[]): Promise<FunctionLine[]> {
  const lines: FunctionLine[] = [];
  await Promise.all(streams.map((stream) => printEach(stream, (line) => lines.push(line))));
  return lines.sort((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
}
