import { boolean, duration, integer, oneOf, port, string } from '../../common/settings/parsers.ts';
import type { ValuesOf } from '../../common/settings/setting.ts';
import { dnsLabel, hostNames, origins, providerAddress } from './parsers.ts';
import { optional, setting } from './setting.ts';

const PROVIDERS = ['auto', 'process', 'remote'] as const;

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
    line: 'Who runs the functions: `process` (this machine), `remote` (`functions_provider_url`), or `auto`: `remote` where an address is set, else `process`.',
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
  watchdog: setting({
    names: ['watchdog'],
    parser: string,
    fallback: '',
    fallbackText: '`fwatchdog.js` beside the gateway',
    line: 'The watchdog that functions run under.',
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
  faas_nats_address: 'there is no NATS queue here',
  faas_nats_port: 'there is no NATS queue here',
  faas_nats_channel: 'there is no NATS queue here',
  faas_nats_cluster_name: 'there is no NATS queue here',
  faas_prometheus_host: 'the gateway counts calls by itself',
  faas_prometheus_port: 'the gateway counts calls by itself',
  direct_functions: 'the provider says where functions are',
  auth_proxy_url: 'logins are checked by the gateway itself',
};

/** What the gateway was told, read once and frozen. Times are in milliseconds. */
export type Settings = ValuesOf<typeof SETTINGS>;
