import type { Location } from '../../common/gateway-location.ts';
import { KitError } from '../errors.ts';
import { bringUp } from '../gateway-client/bring-up.ts';
import { functionUrl, shownName } from '../gateway-client/function-names.ts';
import { stopGateway } from '../gateway-client/running-gateway.ts';
import type { Host } from '../host.ts';
import { stateFolderOf } from '../image/state-folder.ts';
import type { RunOptions } from '../stack/run-options.ts';

/** `ofkit up --detach`: starts functions behind a gateway that goes on when ofkit has ended. */
export async function upDetached(host: Host, options: RunOptions): Promise<void> {
  if (typeof options.inspect === 'number')
    throw new KitError(
      'USAGE',
      'with --detach debuggers take any ports: give --inspect, and see "ofkit logs"',
    );
  let started: Location | undefined;
  const stateFolder = stateFolderOf(host, options.stateFolder);
  try {
    const { location, deployments } = await bringUp(host, options, {
      stateFolder,
      detached: true,
      onStarted: (location) => (started = location),
    });
    tell(
      host,
      location.url,
      deployments.map(({ service, namespace }) => ({ name: service, namespace })),
      options.json ?? false,
    );
  } catch (error) {
    // A Ctrl-C leaves nothing behind. After a failure the healthy functions run on.
    if (started && host.interrupted.aborted) await stopGateway(started, AbortSignal.abort());
    throw error;
  }
}

function tell(
  host: Host,
  url: string,
  functions: readonly { readonly name: string; readonly namespace: string }[],
  json: boolean,
): void {
  const rows = functions.map((one) => ({ name: shownName(one), url: functionUrl(url, one) }));
  if (json) {
    host.out.line(JSON.stringify({ gateway: url, functions: rows }, undefined, 2));
    return;
  }
  for (const row of rows) host.out.line(`${row.name}: ${row.url}`);
  const text = `The gateway is ${url}, for faas-cli too; "ofkit ps", "ofkit logs", and "ofkit down" to end all.`;
  host.err.line(host.err.paint('dim', text));
}
