import { oneOf, string } from '../../common/settings/parsers.ts';
import { runtimes } from './parsers.ts';
import { setting } from './setting.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;

const REACHES = ['auto', 'address', 'network', 'port'] as const;

/** The settings of functions as containers. */
export const ENGINE_SETTINGS = {
  engineHost: setting({
    names: ['engine_host'],
    parser: string,
    fallback: '',
    fallbackText: "`DOCKER_HOST`, docker's context, `CONTAINER_HOST`, else a socket of docker or podman",
    line: 'The container engine: `unix:///run/podman/podman.sock`, `tcp://HOST:PORT`.',
  }),
  imagePullPolicy: setting<(typeof PULL_POLICIES)[number]>({
    names: ['image_pull_policy'],
    parser: oneOf(PULL_POLICIES),
    fallback: 'IfNotPresent',
    line: 'When the engine pulls the image of a function that is deployed: `Always`, `IfNotPresent`, `Never`.',
  }),
  engineReach: setting<(typeof REACHES)[number]>({
    names: ['engine_reach'],
    parser: oneOf(REACHES),
    fallback: 'auto',
    line: 'How the gateway reaches containers: at their `address`; in their `network`, if the gateway is a container too; or at a `port` that the engine publishes on loopback.',
  }),
  engineProfiles: setting({
    names: ['engine_profiles'],
    parser: runtimes,
    fallback: new Map(),
    fallbackText: 'none',
    line: 'The runtime of the engine for each profile (annotation `com.openfaas.profile`): `gvisor=runsc`.',
  }),
  engineUser: setting({
    names: ['engine_user'],
    parser: string,
    fallback: '',
    fallbackText: "the image's own",
    line: 'The user that all containers run as, such as `12000`.',
  }),
};
