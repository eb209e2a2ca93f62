import { firstLook, keyOf, type FunctionFigures } from '../gateway-client/live-functions.ts';
import { functionUrl, shownName } from '../gateway-client/function-names.ts';
import { connectGateway, type GatewayChoice } from '../gateway-client/running-gateway.ts';
import type { Host } from '../host.ts';
import { printable } from '../terminal/printable.ts';
import { plainTable } from '../top/picture.ts';

export interface PsOptions extends GatewayChoice {
  /** Undefined for all. */
  readonly namespace: string | undefined;
  readonly json: boolean;
}

/** `ofkit ps`: prints the functions of the gateway that runs here, with the figures of `ofkit top`. */
export async function listRunning(host: Host, options: PsOptions): Promise<void> {
  const client = await connectGateway(host, options);
  const statuses = new Map((await client.list()).map((status) => [keyOf(status), status]));
  const look = await firstLook(client, host.interrupted);
  const urlOf = (figures: FunctionFigures): string => functionUrl(client.url, figures);
  const functions = look.of(options.namespace).map((figures) => {
    const { image, notes = [] } = statuses.get(keyOf(figures)) ?? {};
    return { figures, name: shownName(figures), image, notes };
  });
  functions.sort((one, other) => (one.name < other.name ? -1 : 1));
  if (options.json) {
    const objects = functions.map(({ figures, name, image, notes }) => {
      const { state, replicas, availableReplicas: ready, calls, inFlight, rate, errors, p50, p95 } = figures;
      const { cpu, memory } = figures;
      const counted = { calls, inFlight, rate, errors, p50, p95, cpu, memory };
      return { name, url: urlOf(figures), image, state, replicas, ready, ...counted, notes };
    });
    host.out.line(JSON.stringify(objects, undefined, 2));
    return;
  }
  const urls = { title: 'URL', cell: urlOf };
  for (const line of plainTable(look.of(options.namespace), [urls])) host.out.line(line);
  for (const { name, notes } of functions)
    for (const note of notes) host.err.line(printable(`${name}: ${note}`));
  if (look.problem !== '') host.err.line(`stale: ${printable(look.problem)}`);
}
