import { parseQuantity } from '../../common/quantity.ts';
import { SECRETS_MOUNT } from '../../common/secrets-mount.ts';
import type { Resources } from '../stack/functions.ts';
import type { Workload } from './workload.ts';

/** The part of a Compose file that functions need (https://github.com/compose-spec/compose-spec). */
export interface ComposeFile {
  readonly services: Readonly<Record<string, object>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

export interface ComposeOptions {
  /** The port of the first function. The next function has one more. */
  readonly firstPort: number;
  /** The folder of the secrets, in the form that the Compose file names it. */
  readonly secretsFolder: string;
}

/** Makes a Compose file of all functions for one machine, each with a port on loopback. */
export function composeFile(workloads: readonly Workload[], options: ComposeOptions): ComposeFile {
  const secrets = [...new Set(workloads.flatMap((workload) => workload.secrets))].sort();
  const services = workloads.map((workload, index): [string, object] => [
    workload.name,
    service(workload, options.firstPort + index),
  ]);
  return {
    services: Object.fromEntries(services),
    ...(secrets.length > 0 && {
      secrets: Object.fromEntries(
        secrets.map((name) => [name, { file: `${options.secretsFolder}/${name}` }]),
      ),
    }),
  };
}

function service(workload: Workload, port: number): object {
  const { image, environment, labels, annotations, secrets } = workload;
  const notes = { ...labels, ...annotations };
  const limits = resources(workload.limits);
  const reservations = resources(workload.requests);
  return {
    image,
    restart: 'unless-stopped',
    ports: [`127.0.0.1:${port}:${workload.port}`],
    // In Compose $ begins a variable.
    ...(Object.keys(environment).length > 0 && { environment: withDollars(environment) }),
    ...(Object.keys(notes).length > 0 && { labels: withDollars(notes) }),
    ...(secrets.length > 0 && {
      secrets: secrets.map((name) => ({ source: name, target: `${SECRETS_MOUNT}/${name}` })),
    }),
    read_only: workload.readOnlyRootFilesystem,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    stop_grace_period: `${workload.graceSeconds}s`,
    ...((limits || reservations) && {
      deploy: { resources: { ...(limits && { limits }), ...(reservations && { reservations }) } },
    }),
  };
}

function withDollars(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value.replaceAll('$', '$$$$')]),
  );
}

/** Turns quantities into the units of Compose: CPUs as a number in a text, memory in bytes or multiples of 1024. */
function resources({ cpu, memory }: Resources): { cpus?: string; memory?: string } | undefined {
  if (!cpu && !memory) return undefined;
  return {
    ...(cpu && { cpus: String(parseQuantity(cpu)) }),
    ...(memory && { memory: composeBytes(parseQuantity(memory) ?? 0) }),
  };
}

function composeBytes(bytes: number): string {
  const whole = Math.floor(bytes);
  return whole % 1024 ** 2 === 0 ? `${whole / 1024 ** 2}m` : `${whole}b`;
}
