import { tmpdir } from 'node:os';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { until } from '../support/wait.ts';

/** A container of Podman, shut in as an orchestrator with a strict policy would. */

export const FIXTURES = fileURLToPath(new URL('../fixtures/containers', import.meta.url));

const LOCKED = [
  '--user=1000:1000',
  '--read-only',
  // Podman would put a tmpfs on /tmp by itself.
  '--read-only-tmpfs=false',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
  '--memory=128m',
  '--cpus=0.5',
];

export interface ContainerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Further flags of `podman run`. */
  readonly flags?: readonly string[];
  /** Instead of a tmpfs on /tmp. */
  readonly temporary?: readonly string[];
  /** Whether it is shut in; `false` leaves user and rights to the image and the engine. */
  readonly locked?: boolean;
}

export class Container {
  readonly id: string;

  /** Starts a container; it is removed when the test is over. */
  static async start(t: TestContext, image: string, options: ContainerOptions = {}): Promise<Container> {
    const env = { healthcheck_interval: '0s', ...options.env };
    const id = await podman(
      'run',
      '--detach',
      '--publish=127.0.0.1::8080',
      ...(options.locked === false ? [] : LOCKED),
      ...(options.temporary ?? ['--tmpfs=/tmp']),
      ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`),
      ...(options.flags ?? []),
      image,
    );
    t.after(() => podman('rm', '--force', '--time=0', id));
    return new Container(id);
  }

  private constructor(id: string) {
    this.id = id;
  }

  /** The address on this machine. */
  async url(path = '/'): Promise<string> {
    const address = await podman('port', this.id, '8080/tcp');
    return `http://${address.split('\n')[0] ?? ''}${path}`;
  }

  /** The same container, once it says that it is ready. */
  async ready(): Promise<this> {
    const url = await this.url('/_/ready');
    await until(
      async () => {
        const status = await fetch(url).then(
          (response) => response.status,
          () => 0,
        );
        return status === 200;
      },
      async () => `readiness; its log: ${await this.logs()}`,
    );
    return this;
  }

  async logs(): Promise<string> {
    const { all } = await execa('podman', ['logs', this.id], { all: true });
    return all;
  }

  /** Waits for a line of the log. */
  async logged(pattern: RegExp): Promise<void> {
    await until(
      async () => pattern.test(await this.logs()),
      async () => `${String(pattern)} in its log: ${await this.logs()}`,
    );
  }

  /** @returns the output of a command in the container */
  exec(...command: string[]): Promise<string> {
    return podman('exec', this.id, ...command);
  }

  inspect(format: string): Promise<string> {
    return podman('inspect', '--format', format, this.id);
  }

  /** `podman stop`: SIGTERM, and after the grace SIGKILL. Resolves with the exit status of the container. */
  async stop(graceSeconds = 20): Promise<number> {
    await podman('stop', `--time=${graceSeconds}`, this.id);
    return Number(await this.inspect('{{.State.ExitCode}}'));
  }

  /** The exit status, once it has ended by itself. */
  async ended(): Promise<number> {
    await until(
      async () => (await this.inspect('{{.State.Status}}')) === 'exited',
      async () => `its end; its log: ${await this.logs()}`,
    );
    return Number(await this.inspect('{{.State.ExitCode}}'));
  }
}

/** In the folder of the containers, as the process that watches one leaves an empty file `oom` where it was started. */
export async function podman(...args: string[]): Promise<string> {
  const { stdout } = await execa('podman', args, { cwd: process.env.CONTAINERS_FOLDER ?? tmpdir() });
  return stdout;
}
