import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  startGateway,
  type GatewayOptions,
  type GatewayVariables,
  type OfGateway,
} from '../support/of-gateway.ts';
import type { Owner } from '../support/owner.ts';
import { until } from '../support/wait.ts';
import { podman } from './container.ts';

/** Podman's service, which has Docker's API on a socket of its own. */
export class EngineService {
  /** Its socket, `unix://PATH`, or `tcp://HOST:PORT`. */
  readonly address: string;
  /** Those that use it: they end before it does. */
  readonly gateways = new Set<OfGateway>();
  readonly #registries: string;
  #service: ChildProcess | undefined;

  /**
   * @param insecureRegistry `HOST:PORT` of a registry that is spoken to without TLS
   * @param at a port to listen at, in place of a socket
   */
  static async start(owner: Owner, insecureRegistry?: string, at?: number): Promise<EngineService> {
    const folder = mkdtempSync(path.join(tmpdir(), 'engine-'));
    const registries = path.join(folder, 'registries.conf');
    const insecure = `[[registry]]\nlocation = "${insecureRegistry ?? ''}"\ninsecure = true\n`;
    writeFileSync(registries, insecureRegistry === undefined ? '' : insecure);
    const address = at === undefined ? `unix://${path.join(folder, 'engine.sock')}` : `tcp://127.0.0.1:${at}`;
    const engine = new EngineService(address, registries);
    owner.after(async () => {
      for (const gateway of engine.gateways) {
        gateway.kill('SIGKILL');
        await gateway.exited;
        await removeLeft(gateway);
      }
      await engine.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    await engine.start();
    return engine;
  }

  private constructor(address: string, registries: string) {
    this.address = address;
    this.#registries = registries;
  }

  /** The file of its socket. */
  get socket(): string {
    return this.address.replace('unix://', '');
  }

  async start(): Promise<void> {
    rmSync(this.socket, { force: true });
    this.#service = spawn('podman', ['system', 'service', '--time=0', this.address], {
      env: { ...process.env, CONTAINERS_REGISTRIES_CONF: this.#registries },
      stdio: 'ignore',
      cwd: tmpdir(), // where conmon leaves a file `oom` for a container that runs out of memory
    });
    await until(() => answers(this.address), 'the service of podman');
  }

  /** kill -9: containers go on. */
  async kill(): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    if (!service || service.exitCode !== null || service.signalCode !== null) return;
    service.kill('SIGKILL');
    await once(service, 'exit');
  }
}

function answers(address: string): Promise<boolean> {
  const { protocol, pathname, hostname, port } = new URL(address);
  const where = protocol === 'unix:' ? { socketPath: pathname } : { host: hostname, port };
  return new Promise((resolve) => {
    const asked = request({ ...where, path: '/_ping' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/** A gateway that runs functions in containers; they are removed with it, however it ends. */
export async function startOnEngine(
  owner: Owner,
  engine: EngineService,
  variables: GatewayVariables = {},
  options: GatewayOptions = {},
): Promise<OfGateway> {
  const gateway = await startGateway(
    owner,
    { provider: 'engine', engine_host: engine.address, basic_auth: 'false', ...variables },
    options,
  );
  engine.gateways.add(gateway);
  return gateway;
}

/** The containers of a gateway, by the names of their instances. */
export async function containersOf(gateway: OfGateway): Promise<string[]> {
  return lines(await podman('ps', '--all', '--filter', stateLabel(gateway), '--format', '{{.Names}}'));
}

export async function networksOf(gateway: OfGateway): Promise<string[]> {
  return lines(await podman('network', 'ls', '--filter', stateLabel(gateway), '--format', '{{.Name}}'));
}

async function removeLeft(gateway: OfGateway): Promise<void> {
  rmSync(`/dev/shm/of-gateway-${stateOf(gateway)}`, { recursive: true, force: true });
  const containers = await containersOf(gateway);
  if (containers.length > 0) await podman('rm', '--force', '--time=0', ...containers);
  const networks = await networksOf(gateway);
  if (networks.length > 0) await podman('network', 'rm', '--force', ...networks);
}

/** The label by which a gateway marks its containers and networks. */
function stateLabel(gateway: OfGateway): string {
  return `label=dev.of-gateway.state=${stateOf(gateway)}`;
}

function stateOf({ folder }: OfGateway): string {
  return readFileSync(path.join(folder, 'engine-id'), 'utf8').trim();
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
