import { boolean, duration, integer, oneOf, port, string } from '../../common/settings/parsers.ts';
import type { ValuesOf } from '../../common/settings/setting.ts';
import { ASYNC_SETTINGS } from './async-table.ts';
import { ENGINE_SETTINGS } from './engine-settings.ts';
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
    fallback: '', // it depends on the environment: see usualStateFolder
    fallbackText: '`/var/lib/of-gateway` for root, else `~/.local/state/of-gateway`',
    line: 'The folder of all that the gateway keeps: the password, what is deployed, secrets, logs.',
  }),
  provider: setting({
    names: ['provider'],
    parser: oneOf(PROVIDERS),
    fallback: 'auto',
    line: 'Who runs the functions: `process` (local images, on this machine), `engine` (containers of docker or podman), `remote` (`functions_provider_url`), or `auto`: `remote` where an address is set, else `process` for local images and `engine` for all others.',
  }),
  functionsProviderUrl: optional({
    names: ['functions_provider_url'],
    parser: providerAddress,
    line: "The address of a provider of OpenFaaS's own REST API, such as faasd's or faas-netes'.",
  }),
  logsProviderUrl: optional({
    names: ['logs_provider_url'],
    parser: providerAddress,
    fallbackText: '`functions_provider_url`',
    line: 'The address of its logs.',
  }),
  ...ENGINE_SETTINGS,
  readTimeout: setting({
    names: ['read_timeout'],
    parser: duration('zero'),
    fallback: 60_000,
    line: 'How long the gateway waits, in all, for a request to arrive whole. `0`: no limit.',
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
    line: 'Whether `/system` and `/ui` ask for user and password. With `false` everybody on `host` may do everything, but no web page.',
  }),
  secretMountPath: setting({
    names: ['secret_mount_path'],
    parser: string,
    fallback: ({ stateDir }) => stateDir,
    fallbackText: '`state_dir`',
    line: 'The folder of the files `basic-auth-user` and `basic-auth-password`. In `state_dir` a password is made at the first start.',
  }),
  allowedHosts: setting({
    names: ['allowed_hosts'],
    parser: hostNames,
    fallback: [],
    line: 'With `basic_auth=false`: names, beside those of this machine, that the gateway may be called by.',
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
  scaleFromZero: setting({
    names: ['scale_from_zero'],
    parser: boolean,
    fallback: true,
    line: 'Whether a call starts a function that is at zero replicas; else it is answered with 503.',
  }),
  ...ASYNC_SETTINGS,
  scaleTarget: setting({
    names: ['scale_target'],
    parser: integer(1, 1_000_000, 'a whole number from 1'),
    fallback: 50,
    line: 'The load of a replica that autoscaling aims at, where a function has no label of its own.',
  }),
  scaleInterval: setting({
    names: ['scale_interval'],
    parser: duration('over zero'),
    fallback: 5000,
    line: 'How often replicas are decided on.',
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
    line: 'Whether replicas follow the load. Functions with com.openfaas.scale.zero go to zero either way.',
  }),
  inactivityDuration: setting({
    names: ['inactivity_duration'],
    parser: duration('over zero'),
    fallback: 15 * 60_000,
    line: 'How long a function with com.openfaas.scale.zero goes without calls before it is stopped.',
  }),
  cron: setting({
    names: ['cron'],
    parser: boolean,
    fallback: true,
    line: 'Whether functions with topic=cron-function are called by their schedules. `false` where a connector does so.',
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
    line: 'For a desk: the annotation `dev.of-gateway.inspect=true` opens the debugger of a Node function on loopback, without timeouts; its port is in the log.',
  }),
  functionUsers: optional({
    names: ['function_users'],
    parser: boolean,
    fallbackText: '`true` for root',
    line: 'Whether the processes of each function run as a user of their own, which takes root.',
  }),
  maxIdleConns: setting({
    names: ['max_idle_conns'],
    parser: integer(0, 1_000_000, 'a whole number'),
    fallback: 1024,
    line: 'Taken for compatibility: connections to instances are kept as long as both sides want them.',
  }),
  maxIdleConnsPerHost: setting({
    names: ['max_idle_conns_per_host'],
    parser: integer(0, 1_000_000, 'a whole number'),
    fallback: 1024,
    line: 'Taken for compatibility, as `max_idle_conns`.',
  }),
};

/** Variables of OpenFaaS's gateway that mean nothing here, with the reason. */
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

/** What the gateway was told, read once and frozen. Times are in milliseconds. */
export type Settings = ValuesOf<typeof SETTINGS>;
