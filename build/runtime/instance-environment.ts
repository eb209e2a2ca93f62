import { delimiter, dirname, join } from 'node:path';
import type { Environment, Host } from '../host.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import type { Prepared } from './prepare.ts';

export interface InstanceSettings {
  readonly entry: FunctionEntry;
  readonly prepared: Prepared;
  /** environment, environment_file and --env, in this order. */
  readonly variables: Readonly<Record<string, string>>;
  /** A temporary folder of this instance: the lock-file, and what the function puts there. */
  readonly temporary: string;
  /** The folder that stands for /var/openfaas/secrets. */
  readonly secrets: string;
  /** The file for `node --require`. */
  readonly preload: string;
  readonly watchdog: string;
  readonly inspect: boolean;
  /** Where the function's server is to listen; undefined where it chooses itself. */
  readonly functionPort: number | undefined;
}

/** What of the developer's environment a function sees: a container would have none of the rest. */
const INHERITED =
  /^(?:HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TERM|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$/;

/** What an image sets for itself only. */
const OF_THE_IMAGE = /^(?:PATH|HOME|USER|TMPDIR)$/;

/** The environment of a watchdog that runs what a container of the image would run. */
export function instanceEnvironment(host: Host, settings: InstanceSettings): Environment {
  const { entry, prepared, variables, inspect } = settings;
  const inherited = Object.fromEntries(Object.entries(host.env).filter(([name]) => INHERITED.test(name)));
  const fprocess = entry.fprocess || prepared.fprocess;
  const chosen: Record<string, string | undefined> = {
    ...inherited,
    ...(prepared.mode.mode && { mode: prepared.mode.mode }),
    ...imageVariables(prepared),
    ...(fprocess && { fprocess }),
    ...variables,
  };
  const options = [`--require ${JSON.stringify(settings.preload)}`, chosen.NODE_OPTIONS ?? '']
    .join(' ')
    .trim();
  return {
    ...chosen,
    PATH: [
      dirname(process.execPath),
      join(prepared.folder, 'node_modules', '.bin'),
      host.env.PATH ?? '',
    ].join(delimiter),
    TMPDIR: settings.temporary,
    NODE_OPTIONS: options,
    OPENFAAS_NAME: entry.name,
    OPENFAAS_NAMESPACE: entry.namespace || 'openfaas-fn',
    OPENFAAS_SECRETS: settings.secrets,
    OFKIT_WATCHDOG: settings.watchdog,
    ...(inspect && { OFKIT_INSPECT: '1', ...UNLIMITED }),
    ...functionPort(chosen, settings.functionPort),
    port: '0',
    metrics_port: '0',
    log_format: 'json',
    prefix_logs: 'false',
    jwt_auth_local: 'true',
    run_as: undefined, // a user of the image
    // No orchestrator would need time to see the failing health check.
    healthcheck_interval: '0s',
  };
}

/** A breakpoint is not to run into a timeout. */
const UNLIMITED = { exec_timeout: '0s', read_timeout: '24h', write_timeout: '24h' };

/** The image's variables, with its working folder where it lies here. */
function imageVariables({ image, folder }: Prepared): Record<string, string> {
  const kept = Object.entries(image.variables).filter(([name]) => !OF_THE_IMAGE.test(name));
  if (image.workdir === '/') return Object.fromEntries(kept);
  return Object.fromEntries(kept.map(([name, value]) => [name, value.replaceAll(image.workdir, folder)]));
}

/** Tells the function and the watchdog the port between them. */
function functionPort(
  chosen: Readonly<Record<string, string | undefined>>,
  port: number | undefined,
): Record<string, string | undefined> {
  if (port === undefined) return {};
  const url = new URL(chosen.http_upstream_url || chosen.upstream_url || 'http://127.0.0.1');
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    http_port: String(port),
    PORT: String(port),
    http_upstream_url: undefined,
    upstream_url: url.href.replace(/\/$/, ''),
  };
}
