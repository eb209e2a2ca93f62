import { KitError } from '../errors.ts';
import type { GatewayClient } from './client.ts';

/**
 * Finds out whether a gateway runs functions as is asked for: it does so in one way alone.
 * @param onEngine whether as containers
 * @throws KitError USAGE where it does not, TOOL_MISSING with what is missing where no engine answers it
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
