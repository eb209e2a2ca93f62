import inspector from 'node:inspector';
import { redirectGateway } from './gateway-names.ts';
import { redirectSecrets } from './secrets-redirect.ts';

/**
 * Is loaded into the Node processes of functions by `node --require`. The build bundles it into of-gateway.js as a
 * text. In the watchdog, it ends the process when the gateway ends. In the function, it redirects /var/openfaas/secrets
 * to the function's own secrets and gateway.openfaas to the gateway, enables source maps, and opens the debugger.
 */

const { OF_GATEWAY_WATCHDOG, OF_GATEWAY_INSPECT, OF_GATEWAY_ADDRESS, OPENFAAS_SECRETS, mode } = process.env;

const isWatchdog = process.argv[1] === OF_GATEWAY_WATCHDOG;
if (isWatchdog) endWithParent();
if (!isWatchdog || mode === 'inproc') prepareFunction(); // in that mode the function runs in the watchdog itself

/** Stops the watchdog when the gateway ends, even by SIGKILL: the channel to it closes then. */
function endWithParent(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

function prepareFunction(): void {
  process.setSourceMapsEnabled(true);
  if (OPENFAAS_SECRETS) redirectSecrets(OPENFAAS_SECRETS);
  if (OF_GATEWAY_ADDRESS) redirectGateway(OF_GATEWAY_ADDRESS);
  // Package managers such as npm are Node processes too, but not the one to debug.
  if (OF_GATEWAY_INSPECT && !/[\\/](?:npm|npx|yarn|pnpm)(?:-cli)?\.[cm]?js$/.test(process.argv[1] ?? '')) {
    inspector.open(0, '127.0.0.1');
  }
}
