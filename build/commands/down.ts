import { findGateway } from '../../common/gateway-location.ts';
import { GatewayClient } from '../gateway-client/client.ts';
import { stopGateway, requireOwn } from '../gateway-client/running-gateway.ts';
import type { Host } from '../host.ts';
import { stateFolderOf } from '../image/state-folder.ts';

/** `ofkit down`: ends the gateway that `ofkit up --detach` has started, so that the next one starts empty. */
export async function takeDown(host: Host, given: string | undefined): Promise<void> {
  const stateFolder = stateFolderOf(host, given);
  const location = await findGateway(stateFolder);
  if (!location) {
    host.err.line(`No gateway runs for ${stateFolder}: there is nothing to end`);
    return;
  }
  await requireOwn(stateFolder, location);
  if (location.url) {
    const client = await GatewayClient.create(location.url, stateFolder);
    await client.clear();
  }
  await stopGateway(location, host.interrupted);
  host.err.line(`Ended the gateway at ${location.url}, and its functions`);
}
