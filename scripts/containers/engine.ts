import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';

const PACKAGES = [
  'podman',
  'runc',
  'iptables',
  'netavark',
  'aardvark-dns',
  'conmon',
  'catatonit',
  'debootstrap',
];
const PROGRAMS = [
  '/usr/bin/podman',
  '/usr/sbin/runc',
  '/usr/bin/conmon',
  '/usr/bin/catatonit',
  '/usr/sbin/debootstrap',
];

const CERTIFICATES = '/etc/ssl/certs';

/** Installs Podman, which takes neither a daemon nor systemd. */
export async function installEngine(): Promise<void> {
  if (PROGRAMS.every((program) => existsSync(program))) return;
  console.log(`installing ${PACKAGES.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await execa('apt-get', ['update', '-qq'], { env });
  await execa('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], { env });
}

/**
 * An environment in which `podman` keeps its images in a folder, apart from all others of the machine, and `podman build`
 * reaches npm's registry as this machine does: with its settings and certificates, which no Dockerfile of ours names.
 */
export async function engineEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const file = (name: string): string => join(folder, name);
  await writeFile(
    file('containers.conf'),
    `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=30000:30000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
`,
  );
  await writeFile(
    file('storage.conf'),
    `[storage]
driver = "overlay"
graphroot = "${file('images')}"
runroot = "${file('run')}"
`,
  );
  await mkdir(file('bin'), { recursive: true });
  const settings = join(homedir(), '.npmrc');
  const build = [
    'build',
    '--network host',
    ...(existsSync(settings) ? [`-v ${settings}:/root/.npmrc:ro`] : []),
    `-v ${CERTIFICATES}:${CERTIFICATES}:ro`,
    `--build-arg NODE_EXTRA_CA_CERTS=${CERTIFICATES}/ca-certificates.crt`,
  ].join(' ');
  for (const name of ['podman', 'docker']) {
    await writeFile(
      file(`bin/${name}`),
      `#!/bin/sh
if [ "$1" = build ]; then shift; exec /usr/bin/podman ${build} "$@"; fi
exec /usr/bin/podman "$@"
`,
    );
    await chmod(file(`bin/${name}`), 0o755);
  }
  return {
    ...process.env,
    CONTAINERS_FOLDER: folder,
    CONTAINERS_CONF: file('containers.conf'),
    CONTAINERS_STORAGE_CONF: file('storage.conf'),
    PATH: `${file('bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
}

/** Starts Podman's service, which has Docker's API, on a socket in a folder. */
export async function startService(folder: string): Promise<{ readonly address: string; stop(): void }> {
  const socket = join(folder, 'engine.sock');
  const address = `unix://${socket}`;
  const service = execa('podman', ['system', 'service', '--time=0', address], {
    reject: false,
    stdio: 'ignore',
    cwd: folder, // where conmon leaves a file `oom` for a container that runs out of memory
  });
  while (!existsSync(socket)) {
    if (service.exitCode !== null) throw new Error('the service of podman has ended');
    await setTimeout(50);
  }
  return { address, stop: () => void service.kill('SIGTERM') };
}
