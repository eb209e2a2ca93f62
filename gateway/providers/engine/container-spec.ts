import { SECRETS_MOUNT } from '../../../common/secrets-mount.ts';
import type { Deployment } from '../../functions/deployment.ts';
import { containerLabels, type ContainerIdentity } from './labels.ts';
import { GATEWAY_NAMES, type Network } from './networks.ts';
import type { Reach } from './reach.ts';
import { resourcesOf, sizeOfTmp } from './resources.ts';

export interface SpecFacts {
  readonly deployment: Deployment;
  readonly identity: ContainerIdentity;
  /** The image's id. */
  readonly image: string;
  /** The port at which the container takes requests. */
  readonly port: number;
  readonly network: Network;
  readonly reach: Reach;
  /**
   * The place of the secrets: a folder, by the engine's path, or an empty volume that is filled before the start.
   * Undefined if the function has none.
   */
  readonly secrets: { readonly bind: string } | 'volume' | undefined;
  /** The address at which the engine publishes the container's port; '' for all addresses of its machine. */
  readonly publishAt: string;
  /** The runtime of the function's profile; '' for the engine's default. */
  readonly runtime: string;
  /** The user of the container; '' for the image's own. */
  readonly user: string;
}

/** The address of the gateway for functions. */
const GATEWAY_URL = 'http://gateway.openfaas:8080';
/** How many processes and threads a container may have: this stops a fork bomb. */
const MOST_PROCESSES = 4096;
/** How much of a container's output the engine keeps. The gateway keeps its own log. */
const LOG_SIZE = '8m';
/** sethostname(2) */
const LONGEST_HOSTNAME = 63;

/** @returns the body of POST /containers/create. The function gets as few rights as possible. */
export function containerSpec(facts: SpecFacts): Record<string, unknown> {
  const { deployment, identity, network, reach, port, user, secrets } = facts;
  const exposed = `${port}/tcp`;
  return {
    Image: facts.image,
    Hostname: identity.instance.slice(-LONGEST_HOSTNAME).replace(/^-+/, ''),
    Env: Object.entries(variables(deployment)).map(([name, value]) => `${name}=${value}`),
    Labels: containerLabels(deployment, identity),
    ExposedPorts: { [exposed]: {} },
    // Only some engines would run the image's own check: the gateway runs it.
    Healthcheck: { Test: ['NONE'] },
    ...(user && { User: user }),
    ...(secrets === 'volume' && { Volumes: { [SECRETS_MOUNT]: {} } }),
    HostConfig: {
      ...resourcesOf(deployment),
      ...(deployment.readOnlyRootFilesystem && {
        ReadonlyRootfs: true,
        Tmpfs: { '/tmp': `rw,mode=1777,size=${sizeOfTmp(deployment)}` },
      }),
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: MOST_PROCESSES,
      NetworkMode: network.name,
      RestartPolicy: { Name: 'no' }, // the gateway decides when to start it again
      LogConfig: { Type: 'json-file', Config: { 'max-size': LOG_SIZE } },
      ...(reach === 'port' && { PortBindings: { [exposed]: [{ HostIp: facts.publishAt, HostPort: '' }] } }),
      ...(reach !== 'network' && { ExtraHosts: GATEWAY_NAMES.map((name) => `${name}:${hostOf(facts)}`) }),
      ...(typeof secrets === 'object' && {
        // On systems with SELinux, a container can read the files only with `z`.
        Binds: [`${secrets.bind}:${SECRETS_MOUNT}:ro,z`],
      }),
      ...(facts.runtime && { Runtime: facts.runtime }),
    },
    NetworkingConfig: { EndpointsConfig: { [network.name]: { Aliases: [deployment.name] } } },
  };
}

function hostOf({ reach, network }: SpecFacts): string {
  return reach === 'address' ? network.gateway : 'host-gateway';
}

function variables({ name, namespace, envVars, envProcess }: Deployment): Record<string, string> {
  const fprocess = envVars['fprocess'] || envProcess;
  return {
    OPENFAAS_URL: GATEWAY_URL,
    // The gateway takes an instance out of the routing before it stops it, so the watchdog need not wait for that.
    healthcheck_interval: '0s',
    ...envVars,
    ...(fprocess && { fprocess }),
    OPENFAAS_NAME: name,
    OPENFAAS_NAMESPACE: namespace,
  };
}
