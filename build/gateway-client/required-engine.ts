import { KitError } from '../errors.ts';
import type { GatewayClient } from './client.ts';

/**
 * Checks that a gateway runs functions in the wanted way, as it has only one: as processes, or as containers.
 * @param onEngine whether containers are wanted
 * @throws KitError USAGE where it runs them in the other way, TOOL_MISSING where it reaches no engine
 */
export async function requireWayToRun(client: GatewayClient, onEngine: boolean): Promise<void> {
  const info = (await client.send('GET', '/system/info')).json() as { provider?: { orchestration?: string } };
  const hasEngine = info.provider?.orchestration === 'containers';
  if (hasEngine !== onEngine) {
    const way = hasEngine ? 'containers, as "ofkit up --engine" has' : 'processes';
    const text = `the gateway at ${client.url} runs functions as ${way}: "ofkit down" ends it`;
    throw new KitError('USAGE', text);
  }
  if (!onEngine) return;
  const { status, text } = await client.send('GET', '/healthz', { besides: [503] });
  if (status === 503) throw new KitError('TOOL_MISSING', text.trim());
}
