import inspector from 'node:inspector';
import { redirectGateway } from './gateway-names.ts';
import { redirectSecrets } from './secrets.ts';

/**
 * Loaded by `node --require` into the Node processes of functions; the build bundles it into of-gateway.js as a text.
 * In the watchdog it sees to it that nothing outlives the gateway. In the function it lets /var/openfaas/secrets stand
 * for the function's own folder of secrets and gateway.openfaas for the gateway, shows .ts places, and opens the debugger.
 */

const { OF_GATEWAY_WATCHDOG, OF_GATEWAY_INSPECT, OF_GATEWAY_ADDRESS, OPENFAAS_SECRETS, mode } = process.env;

const isWatchdog = process.argv[1] === OF_GATEWAY_WATCHDOG;
if (isWatchdog) endWithParent();
if (!isWatchdog || mode === 'inproc') prepareFunction(); // in that mode the function runs in the watchdog itself

/** The channel to the gateway closes when that ends, be it by SIGKILL. */
function endWithParent(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

function prepareFunction(): void {
  process.setSourceMapsEnabled(true);
  if (OPENFAAS_SECRETS) redirectSecrets(OPENFAAS_SECRETS);
  if (OF_GATEWAY_ADDRESS) redirectGateway(OF_GATEWAY_ADDRESS);
  // npm and its like are Node processes too, but not the one to debug.
  if (OF_GATEWAY_INSPECT && !/[\\/](?:npm|npx|yarn|pnpm)(?:-cli)?\.[cm]?js$/.test(process.argv[1] ?? '')) {
    inspector.open(0, '127.0.0.1');
  }
}
