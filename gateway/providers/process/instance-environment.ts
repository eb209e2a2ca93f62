import path, { delimiter, dirname } from 'node:path';
import { join } from 'shlex';
import {
  locateInImage,
  programFolders,
  WATCHDOG_COMMAND,
  type FoundImage,
} from '../../../common/local-image.ts';
import type { Environment } from '../../../common/settings/read.ts';
import type { Deployment } from '../../functions/deployment.ts';

/** The facts that all instances of a gateway share. */
export interface HostFacts {
  /** The gateway's own environment. A function gets few of its variables. */
  readonly environment: Environment;
  /** dist/fwatchdog.js */
  readonly watchdog: string;
  /** The file for `node --require`. */
  readonly preload: string;
  /** `HOST:PORT` where functions reach the gateway, once it listens. */
  readonly gatewayAddress: Promise<string>;
}

export interface InstanceSettings {
  readonly deployment: Deployment;
  readonly image: FoundImage;
  /** The temporary folder of this instance, for the watchdog's lock-file and the function's own files. */
  readonly temporary: string;
  /** The folder that replaces /var/openfaas/secrets. */
  readonly secrets: string;
  /** An environment variable by which the processes of this instance are found again. */
  readonly marker: readonly [name: string, value: string];
  /** Whether its Node processes open a debugger. */
  readonly inspect: boolean;
  /** The port for the function's server; undefined where the function does not take its port from the environment. */
  readonly functionPort: number | undefined;
}

/** The variables that a function inherits from the gateway. A container would inherit none, so the list is short. */
const INHERITED =
  /^(?:HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TERM|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$/;

/** Variables of an image that hold only inside a container. */
const OF_THE_IMAGE = /^(?:PATH|HOME|USER|TMPDIR)$/;

/** @returns the environment that a container of the image would have, with the changes for a process without one */
export async function instanceEnvironment(host: HostFacts, settings: InstanceSettings): Promise<Environment> {
  const gatewayAddress = await host.gatewayAddress;
  const { deployment, image, inspect, marker } = settings;
  const inherited = Object.fromEntries(
    Object.entries(host.environment).filter(([name]) => INHERITED.test(name)),
  );
  const fprocess = deployment.envVars['fprocess'] || deployment.envProcess;
  const chosen: Record<string, string | undefined> = {
    ...inherited,
    ...imageVariables(image),
    ...(isPlainServer(image) && plainServer(image)),
    ...deployment.envVars,
    ...(fprocess && { fprocess: locateInImage(fprocess, image) }),
  };
  const options = [`--require ${JSON.stringify(host.preload)}`, chosen['NODE_OPTIONS'] ?? '']
    .join(' ')
    .trim();
  return {
    ...chosen,
    PATH: [
      dirname(process.execPath),
      path.join(image.root, 'node_modules', '.bin'),
      ...programFolders(image),
      host.environment['PATH'] ?? '',
    ].join(delimiter),
    TMPDIR: settings.temporary,
    NODE_OPTIONS: options,
    OPENFAAS_NAME: deployment.name,
    OPENFAAS_NAMESPACE: deployment.namespace,
    OPENFAAS_SECRETS: settings.secrets,
    OPENFAAS_URL: chosen['OPENFAAS_URL'] ?? `http://${gatewayAddress}`,
    OF_GATEWAY_ADDRESS: gatewayAddress,
    OF_GATEWAY_WATCHDOG: host.watchdog,
    [marker[0]]: marker[1],
    ...(inspect && { OF_GATEWAY_INSPECT: '1', ...UNLIMITED }),
    ...functionPort(chosen, settings.functionPort),
    ...OF_THE_WATCHDOG,
  };
}

/** Whether an image starts a server of its own instead of a watchdog. */
function isPlainServer({ command }: FoundImage): boolean {
  return command[0] !== WATCHDOG_COMMAND;
}

/** Settings that run such a server under the watchdog too, which tells when it is ready and ends its processes. */
function plainServer(image: FoundImage): Environment {
  const { command, port } = image;
  return {
    mode: 'http',
    fprocess: locateInImage(join(command), image),
    upstream_url: `http://127.0.0.1:${port}`,
  };
}

/** Settings of the watchdog that the platform decides, whatever the image says. */
const OF_THE_WATCHDOG: Environment = {
  listen_address: '127.0.0.1', // functions are called through the gateway only
  port: '0',
  metrics_port: '0',
  log_format: 'json',
  prefix_logs: 'false',
  jwt_auth_local: 'true',
  run_as: undefined, // the image's users do not exist here
  // The gateway takes an instance out of the routing before it stops it, so the watchdog need not wait for that.
  healthcheck_interval: '0s',
};

/** Long timeouts for a function under a debugger, as a breakpoint must not end the call. */
const UNLIMITED = { exec_timeout: '0s', read_timeout: '24h', write_timeout: '24h' };

/** @returns the image's variables, in which paths of the image are replaced by paths on this machine */
function imageVariables(image: FoundImage): Record<string, string> {
  const kept = Object.entries(image.environment).filter(([name]) => !OF_THE_IMAGE.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, locateInImage(value, image)]));
}

/** @returns the variables that tell the port of the function's server to it and to the watchdog */
function functionPort(chosen: Environment, port: number | undefined): Environment {
  if (port === undefined) return {};
  const url = new URL(chosen['http_upstream_url'] || chosen['upstream_url'] || 'http://127.0.0.1');
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    http_port: String(port),
    PORT: String(port),
    http_upstream_url: undefined,
    upstream_url: url.href.replace(/\/$/, ''),
  };
}
