import type { Deployment } from '../../functions/deployment.ts';
import { containerLabels, type Identity } from './labels.ts';
import { GATEWAY_NAMES, type Network } from './networks.ts';
import type { Reach } from './reach.ts';
import { resourcesOf, sizeOfTmp } from './resources.ts';

export interface SpecFacts {
  readonly deployment: Deployment;
  readonly identity: Identity;
  /** The image's id. */
  readonly image: string;
  /** Where the container takes requests. */
  readonly port: number;
  readonly network: Network;
  readonly reach: Reach;
  /**
   * Where its secrets are: in a folder, by the path that the engine knows it by, or in an empty volume that is filled
   * before the start. Undefined where there are none.
   */
  readonly secrets: { readonly bind: string } | 'volume' | undefined;
  /** The address at which the engine is to publish its port, where it is reached so; '' for all of its machine. */
  readonly publishAt: string;
  /** The runtime of its profile, the user that it is to run as: '' for those of engine and image. */
  readonly runtime: string;
  readonly user: string;
}

/** Where functions find the gateway. */
const GATEWAY_URL = 'http://gateway.openfaas:8080';
export const SECRETS = '/var/openfaas/secrets';
/** Processes and threads: a fork bomb ends there. */
const MOST_PROCESSES = 4096;
/** Of what a container writes the engine keeps so much; the gateway keeps its own. */
const LOG_SIZE = '8m';
/** sethostname(2) */
const LONGEST_HOSTNAME = 63;

/** What the engine is to make (POST /containers/create). A function gets no right that it could do without. */
export function containerSpec(facts: SpecFacts): Record<string, unknown> {
  const { deployment, identity, network, reach, port, user, secrets } = facts;
  const exposed = `${port}/tcp`;
  return {
    Image: facts.image,
    Hostname: identity.instance.slice(-LONGEST_HOSTNAME).replace(/^-+/, ''),
    Env: Object.entries(variables(deployment)).map(([name, value]) => `${name}=${value}`),
    Labels: containerLabels(deployment, identity),
    ExposedPorts: { [exposed]: {} },
    // The image's own would be run by some engines and not by others.
    Healthcheck: { Test: ['NONE'] },
    ...(user && { User: user }),
    ...(secrets === 'volume' && { Volumes: { [SECRETS]: {} } }),
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
      RestartPolicy: { Name: 'no' }, // when to start it again is the gateway's to say
      LogConfig: { Type: 'json-file', Config: { 'max-size': LOG_SIZE } },
      ...(reach === 'port' && { PortBindings: { [exposed]: [{ HostIp: facts.publishAt, HostPort: '' }] } }),
      ...(reach !== 'network' && { ExtraHosts: GATEWAY_NAMES.map((name) => `${name}:${hostOf(facts)}`) }),
      ...(typeof secrets === 'object' && {
        // `z` is for systems with SELinux, where a container could not read them else.
        Binds: [`${secrets.bind}:${SECRETS}:ro,z`],
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
    // The gateway sends a container no call before it stops it: its watchdog has nothing to wait for.
    healthcheck_interval: '0s',
    ...envVars,
    ...(fprocess && { fprocess }),
    OPENFAAS_NAME: name,
    OPENFAAS_NAMESPACE: namespace,
  };
}
