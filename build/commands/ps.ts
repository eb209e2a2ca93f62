import { functionUrl, shownName } from '../gateway-client/names.ts';
import { connectGateway } from '../gateway-client/running-gateway.ts';
import type { Host } from '../host.ts';
import { alignColumns } from '../terminal/table.ts';

export interface PsOptions {
  readonly stateFolder: string | undefined;
  readonly json: boolean;
}

/** `ofkit ps`: prints the functions of the gateway that runs here. */
export async function listRunning(host: Host, options: PsOptions): Promise<void> {
  const client = await connectGateway(host, options.stateFolder);
  const functions = (await client.list()).map((status) => ({
    name: shownName(status),
    url: functionUrl(client.url, status),
    image: status.image,
    replicas: status.replicas ?? 0,
    ready: status.availableReplicas ?? 0,
    calls: status.invocationCount ?? 0,
    notes: status.notes ?? [],
  }));
  functions.sort((one, other) => (one.name < other.name ? -1 : 1));
  if (options.json) {
    host.out.line(JSON.stringify(functions, undefined, 2));
    return;
  }
  const rows = functions.map(({ name, ready, replicas, calls, url: address }) => [
    name,
    `${ready}/${replicas}`,
    String(calls),
    address,
  ]);
  for (const line of alignColumns([['NAME', 'READY', 'CALLS', 'URL'], ...rows])) host.out.line(line);
  for (const { name, notes } of functions) for (const note of notes) host.err.line(`${name}: ${note}`);
}
