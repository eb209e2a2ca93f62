import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { WATCHDOG_IMAGE } from '../../build/release.ts';
import { BASE, projectFolder, TEMPLATES } from '../../scripts/containers/images.ts';
import { Container, podman } from './container.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = process.env.CONTAINERS_FOLDER ?? '';

/** The numbers of CPUs in ELF files (elf(5), e_machine). */
const [X86_64, AARCH64] = [62, 183];

test('Dockerfile.watchdog makes the same bytes each time', async () => {
  const layers = (image: string) => podman('image', 'inspect', '--format', '{{.RootFS.Layers}}', image);
  const file = join(ROOT, 'Dockerfile.watchdog');
  const commit = `--build-arg=COMMIT=${await labelOf(WATCHDOG_IMAGE, 'revision')}`;
  await podman('build', '--quiet', '--no-cache', commit, '-f', file, '-t', 'again', ROOT);
  assert.equal(await layers('localhost/again'), await layers(WATCHDOG_IMAGE));
});

test('the image of the watchdog says what it is, and has its licences and its bill of materials', async () => {
  const label = (name: string): Promise<string> => labelOf(WATCHDOG_IMAGE, name);
  assert.equal(await label('title'), 'fwatchdog');
  assert.equal(await label('version'), WATCHDOG_IMAGE.split(':').at(-1));
  assert.equal(await label('licenses'), 'MIT');
  const git = await execa('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, reject: false });
  assert.equal(await label('revision'), git.failed ? 'unknown' : git.stdout);
  const files = await filesOf(WATCHDOG_IMAGE);
  assert.deepEqual([...files.keys()].sort(), [
    'fwatchdog',
    'fwatchdog.LICENSES.txt',
    'fwatchdog.cdx.json',
    'fwatchdog.node',
  ]);
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  assert.ok(bytes < 1e6, 'under 1 MB in an image of Node');
  assert.equal(machineOf(files.get('fwatchdog.node')), X86_64);
});

test('for arm64 the same file makes an image of arm64, with the addon of that CPU', async () => {
  const file = join(ROOT, 'Dockerfile.watchdog');
  // Podman 4.3 does not tell a Dockerfile where it builds.
  const platforms = ['--platform=linux/arm64', '--build-arg=BUILDPLATFORM=linux/amd64'];
  const commit = `--build-arg=COMMIT=${await labelOf(WATCHDOG_IMAGE, 'revision')}`;
  await podman('build', '--quiet', commit, ...platforms, '-f', file, '-t', 'for-arm64', ROOT);
  const platform = '{{.Os}}/{{.Architecture}}';
  assert.equal(await podman('image', 'inspect', '--format', platform, 'localhost/for-arm64'), 'linux/arm64');
  const [ours, theirs] = [await filesOf('localhost/for-arm64'), await filesOf(WATCHDOG_IMAGE)];
  assert.equal(machineOf(ours.get('fwatchdog.node')), AARCH64);
  for (const [name, bytes] of theirs) {
    assert.equal(ours.get(name)?.equals(bytes), name !== 'fwatchdog.node', name);
  }
});

test('the plain engine builds each template from the shrinkwrapped context', async (t) => {
  const project = projectFolder(FOLDER);
  await execa(process.execPath, [join(ROOT, 'dist/ofkit.js'), 'build', '--shrinkwrap'], { cwd: project });
  for (const name of TEMPLATES) {
    await execa('docker', [
      'build',
      '--format=docker',
      '--tag',
      `plain-${name}`,
      join(project, 'build', name),
    ]);
  }
  const container = await Container.start(t, 'localhost/plain-ts-http');
  await container.ready();
});

test('the standalone executable runs where there is no Node', async (t) => {
  const file = join(ROOT, 'Dockerfile.watchdog');
  await podman('build', '--quiet', '--target=standalone', '-f', file, '--tag=localhost/standalone', ROOT);
  const context = await mkdtemp(join(tmpdir(), 'standalone-'));
  t.after(() => rm(context, { recursive: true, force: true }));
  // From scratch: the executable, the libraries that it is linked to, and a function that is not for Node.
  await writeFile(
    join(context, 'Dockerfile'),
    `FROM localhost/standalone AS watchdog
FROM ${BASE} AS libraries
RUN mkdir -p /root-fs/tmp && chmod 1777 /root-fs/tmp
RUN for file in $(ldd /usr/local/bin/node /bin/tr | grep -o '/[^ :)]*' | grep -v '^/usr/local/bin\\|^/bin/tr' | sort -u); \\
    do mkdir -p "/root-fs$(dirname "$file")" && cp -L "$file" "/root-fs$file"; done
RUN mkdir -p /root-fs/bin && cp /bin/tr /root-fs/bin/
FROM scratch
COPY --from=libraries /root-fs/ /
COPY --from=watchdog /fwatchdog* /opt/
ENV PATH="/bin:/opt" fprocess="tr a-z A-Z"
CMD ["fwatchdog"]
`,
  );
  await podman('build', '--quiet', '--tag=without-node', context);
  const temporary = ['--tmpfs=/tmp:rw,noexec,mode=1777'];
  const container = await Container.start(t, 'localhost/without-node', { temporary });
  await container.ready();
  const response = await fetch(await container.url(), { method: 'POST', body: 'hello' });
  assert.deepEqual([response.status, await response.text()], [200, 'HELLO']);
  assert.doesNotMatch(await container.logs(), /slower/, 'the addon beside it is found by a name of PATH');
  assert.equal(await container.stop(), 0);
});

function labelOf(image: string, name: string): Promise<string> {
  const format = `{{index .Labels "org.opencontainers.image.${name}"}}`;
  return podman('image', 'inspect', '--format', format, image);
}

/** The files of an image, by name. */
async function filesOf(image: string): Promise<Map<string, Buffer>> {
  const mounted = await podman('image', 'mount', image);
  try {
    const names = await readdir(mounted);
    return new Map(
      await Promise.all(names.map(async (name) => [name, await readFile(join(mounted, name))] as const)),
    );
  } finally {
    await podman('image', 'unmount', image);
  }
}

function machineOf(elf: Buffer | undefined): number | undefined {
  return elf?.readUInt16LE(18);
}
