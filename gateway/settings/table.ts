import { boolean, duration, integer, oneOf, port, string } from '../../common/settings/parsers.ts';
import type { ValuesOf } from '../../common/settings/setting.ts';
import { ASYNC_SETTINGS } from './async-table.ts';
import { ENGINE_SETTINGS } from './engine-settings.ts';
import { OIDC_SETTINGS } from './oidc-settings.ts';
import { dnsLabel, hostNames, origins, providerAddress } from './parsers.ts';
import { optional, setting } from './setting.ts';

const PROVIDERS = ['auto', 'process', 'engine', 'remote'] as const;

/** Every setting of the gateway, in the order of the documentation and of reading. */
export const SETTINGS = {
  host: setting({
    names: ['host'],
    parser: string,
    fallback: '127.0.0.1',
    line: 'The address that both ports listen on. `0.0.0.0` lets other machines in.',
  }),
  port: setting({
    names: ['port'],
    parser: port,
    fallback: 8080,
    line: 'The port of the API, of the functions and of the page. `0` picks a free one.',
  }),
  metricsPort: setting({
    names: ['metrics_port'],
    parser: port,
    fallback: 8082,
    line: 'The port of `/metrics` and `/healthz` without a login.',
  }),
  stateDir: setting({
    names: ['state_dir'],
    parser: string,
    fallback: '', // `usualStateFolder` fills it in, as it depends on the environment
    fallbackText: '`/var/lib/of-gateway` for root, else `~/.local/state/of-gateway`',
    line: "The folder of the gateway's state: the password, deployments, secrets, logs, queued calls.",
  }),
  provider: setting({
    names: ['provider'],
    parser: oneOf(PROVIDERS),
    fallback: 'auto',
    line: 'How functions run: `process` (local images, as processes of this machine), `engine` (containers of docker or podman), `remote` (at the provider of `functions_provider_url`), or `auto`: `remote` if that address is set, else `process` for local images and `engine` for all others.',
  }),
  functionsProviderUrl: optional({
    names: ['functions_provider_url'],
    parser: providerAddress,
    line: "The address of another provider with OpenFaaS's REST API, such as faasd or faas-netes.",
  }),
  logsProviderUrl: optional({
    names: ['logs_provider_url'],
    parser: providerAddress,
    fallbackText: '`functions_provider_url`',
    line: "The address of that provider's logs.",
  }),
  ...ENGINE_SETTINGS,
  readTimeout: setting({
    names: ['read_timeout'],
    parser: duration('zero'),
    fallback: 60_000,
    line: 'How long a request may take to arrive, body included. `0`: no limit.',
  }),
  writeTimeout: setting({
    names: ['write_timeout'],
    parser: duration('over zero'),
    fallback: 60_000,
    line: 'How long a caller may leave an answer unread, and an answer of the API may take. Also the longest that a stop waits for requests in flight.',
  }),
  upstreamTimeout: setting({
    names: ['upstream_timeout'],
    parser: duration('zero'),
    fallback: 60_000,
    line: 'How long a function may take until its answer begins, its start included; then 504. `0`: no limit.',
  }),
  basicAuth: setting({
    names: ['basic_auth'],
    parser: boolean,
    fallback: true,
    line: 'Whether `/system` and `/ui` ask for user and password. With `false`, everybody who reaches `host` may do everything, except web pages of other origins.',
  }),
  sessionDuration: setting({
    names: ['session_duration'],
    parser: duration('over zero'),
    fallback: 12 * 3_600_000,
    line: 'How long a login in the page lasts. A login by password is renewed while the page is used.',
  }),
  ...OIDC_SETTINGS,
  secretMountPath: setting({
    names: ['secret_mount_path'],
    parser: string,
    fallback: ({ stateDir }) => stateDir,
    fallbackText: '`state_dir`',
    line: 'The folder with the files `basic-auth-user` and `basic-auth-password`. In `state_dir`, the first start makes a password.',
  }),
  allowedHosts: setting({
    names: ['allowed_hosts'],
    parser: hostNames,
    fallback: [],
    line: 'With `basic_auth=false`: further host names by which clients may call the gateway, beside those of this machine.',
  }),
  allowedOrigins: setting({
    names: ['allowed_origins'],
    parser: origins,
    fallback: [],
    line: 'Origins of web pages of your own that may use the API.',
  }),
  functionNamespace: setting({
    names: ['function_namespace'],
    parser: dnsLabel,
    fallback: 'openfaas-fn',
    line: 'The namespace of functions that name none.',
  }),
  functionIndex: optional({
    names: ['function_index'],
    parser: string,
    line: "A URL or a file with functions that the page offers to deploy, in the format of faas-cli's stores.",
  }),
  scaleFromZero: setting({
    names: ['scale_from_zero'],
    parser: boolean,
    fallback: true,
    line: 'Whether a call starts a function that is at zero replicas. With `false` it is answered with 503.',
  }),
  ...ASYNC_SETTINGS,
  scaleTarget: setting({
    names: ['scale_target'],
    parser: integer(1, 1_000_000, 'a whole number from 1'),
    fallback: 50,
    line: 'The load of a replica that autoscaling aims at, unless a function has a label for it.',
  }),
  scaleInterval: setting({
    names: ['scale_interval'],
    parser: duration('over zero'),
    fallback: 5000,
    line: 'How often the number of replicas is decided.',
  }),
  scaleWindow: setting({
    names: ['scale_window'],
    parser: duration('over zero'),
    fallback: 30_000,
    line: 'The time over which load is averaged.',
  }),
  autoscaling: setting({
    names: ['autoscaling'],
    parser: boolean,
    fallback: true,
    line: 'Whether functions are scaled by load. Functions with com.openfaas.scale.zero go to zero in any case.',
  }),
  inactivityDuration: setting({
    names: ['inactivity_duration'],
    parser: duration('over zero'),
    fallback: 15 * 60_000,
    line: 'How long a function with com.openfaas.scale.zero is without calls before it is stopped.',
  }),
  cron: setting({
    names: ['cron'],
    parser: boolean,
    fallback: true,
    line: 'Whether functions with topic=cron-function are called by their schedules. Set `false` if a cron-connector calls them.',
  }),
  watchdog: setting({
    names: ['watchdog'],
    parser: string,
    fallback: '',
    fallbackText: '`fwatchdog.js` beside the gateway',
    line: 'The watchdog that functions run under.',
  }),
  development: setting({
    names: ['development'],
    parser: boolean,
    fallback: false,
    line: "For a developer's machine: the annotation `dev.of-gateway.port` opens a port that leads to that function alone; `dev.of-gateway.inspect` opens the debugger of a Node function, without timeouts, at the port that it names, or with `true` at one that is in the log. A new version that does not start is not tried again.",
  }),
  functionUsers: optional({
    names: ['function_users'],
    parser: boolean,
    fallbackText: '`true` for root',
    line: 'Whether each function runs as a user of its own. This needs root.',
  }),
  maxIdleConns: setting({
    names: ['max_idle_conns'],
    parser: integer(0, 1_000_000, 'a whole number'),
    fallback: 1024,
    line: 'Accepted for compatibility, without effect: connections to instances stay open as long as both sides keep them.',
  }),
  maxIdleConnsPerHost: setting({
    names: ['max_idle_conns_per_host'],
    parser: integer(0, 1_000_000, 'a whole number'),
    fallback: 1024,
    line: 'Accepted for compatibility, without effect, like `max_idle_conns`.',
  }),
};

/** Variables of OpenFaaS's gateway that have no effect here, with the reason. */
export const WITHOUT_MEANING: Readonly<Record<string, string>> = {
  faas_nats_address: 'a queue in NATS is set by nats_url',
  faas_nats_port: 'a queue in NATS is set by nats_url',
  faas_nats_channel: 'a queue in NATS is set by nats_url',
  faas_nats_cluster_name: 'a queue in NATS is set by nats_url',
  faas_prometheus_host: 'the gateway counts calls by itself',
  faas_prometheus_port: 'the gateway counts calls by itself',
  direct_functions: 'the provider says where functions are',
  auth_proxy_url: 'logins are checked by the gateway itself',
};

/** The settings of the gateway, read once and frozen. Times are in milliseconds. */
export type Settings = ValuesOf<typeof SETTINGS>;
