import path, { delimiter, dirname } from 'node:path';
import { join } from 'shlex';
import {
  locateInImage,
  programFolders,
  WATCHDOG_COMMAND,
  type FoundImage,
} from '../../../common/local-image.ts';
import type { Deployment } from '../../functions/deployment.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What all instances that a gateway starts have in common. */
export interface HostFacts {
  /** The gateway's own environment, of which a function sees only what a process needs. */
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
  /** A temporary folder of this instance: the lock-file, and what the function puts there. */
  readonly temporary: string;
  /** The folder that stands for /var/openfaas/secrets. */
  readonly secrets: string;
  /** A variable, `NAME=value`, by which the processes of this instance are found again. */
  readonly marker: readonly [name: string, value: string];
  /** Whether its Node processes open a debugger. */
  readonly inspect: boolean;
  /** Where the function's server is to listen; undefined where it chooses itself. */
  readonly functionPort: number | undefined;
}

/** What of the gateway's environment a function sees: a container would have none of the rest. */
const INHERITED =
  /^(?:HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TERM|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$/;

/** What an image sets for itself only. */
const OF_THE_IMAGE = /^(?:PATH|HOME|USER|TMPDIR)$/;

/** The environment of an instance: what a container of the image would have, and what running without one needs. */
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

/** Whether an image starts a server of its own, and no watchdog. */
function isPlainServer({ command }: FoundImage): boolean {
  return command[0] !== WATCHDOG_COMMAND;
}

/** Such a server runs under the watchdog too, which knows when it is ready and ends what it leaves behind. */
function plainServer(image: FoundImage): Environment {
  const { command, port } = image;
  return {
    mode: 'http',
    fprocess: locateInImage(join(command), image),
    upstream_url: `http://127.0.0.1:${port}`,
  };
}

/** Set for the watchdog whatever the image says: what is the platform's to decide. */
const OF_THE_WATCHDOG: Environment = {
  listen_address: '127.0.0.1', // whoever is to call a function calls the gateway
  port: '0',
  metrics_port: '0',
  log_format: 'json',
  prefix_logs: 'false',
  jwt_auth_local: 'true',
  run_as: undefined, // a user of the image
  // The gateway sends an instance no call before it stops it.
  healthcheck_interval: '0s',
};

/** A breakpoint is not to run into a timeout. */
const UNLIMITED = { exec_timeout: '0s', read_timeout: '24h', write_timeout: '24h' };

/** The image's variables, whose paths name the image's files where they lie here. */
function imageVariables(image: FoundImage): Record<string, string> {
  const kept = Object.entries(image.environment).filter(([name]) => !OF_THE_IMAGE.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, locateInImage(value, image)]));
}

/** Tells the function, and the watchdog before it, the port between them. */
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
