import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WATCHDOG_IMAGE } from '../../build/release.ts';
import { execa } from 'execa';
import { DEBIAN } from '../../scripts/containers/base.ts';
import { BASE } from '../../scripts/containers/images.ts';
import { fixture } from '../support/command.ts';
import { IMAGE } from '../support/provider-suite.ts';
import { FIXTURES, podman } from './container.ts';

/** Images of functions of the kinds that people have. */
export const IMAGES = {
  /** A watchdog in http mode before test/fixtures/gateway/function.mjs. */
  http: IMAGE,
  /** A watchdog that starts a process per request, and says so as the classic one does. */
  classic: 'of-test/classic',
  /** A server on 8080 without a watchdog, which runs as root. */
  plain: 'of-test/plain',
  /** The same with a HEALTHCHECK that its user can make fail. */
  checked: 'of-test/checked',
} as const;

const WATCHDOG = [`COPY --from=${WATCHDOG_IMAGE} /fwatchdog* /usr/bin/`];
const HTTP =
  'mode=http upstream_url=http://127.0.0.1:3000 http_port=3000 prefix_logs=false fprocess="node function.mjs"';

const LINES: Readonly<Record<keyof typeof IMAGES, readonly string[]>> = {
  http: [...WATCHDOG, `ENV ${HTTP}`, 'USER node', 'CMD ["fwatchdog"]'],
  classic: [...WATCHDOG, 'ENV mode=classic fprocess="tr a-z A-Z"', 'USER node', 'CMD ["fwatchdog"]'],
  plain: ['CMD ["node", "plain.mjs"]'],
  checked: [
    'HEALTHCHECK --interval=1s --timeout=5s --retries=2 CMD test -z "$SICK"',
    'CMD ["node", "plain.mjs"]',
  ],
};

/** Builds them all; those that are there already take no time. */
export async function buildEngineImages(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'engine-images-'));
  try {
    await cp(fixture('gateway/function.mjs'), path.join(folder, 'function.mjs'));
    await cp(path.join(FIXTURES, 'plain.mjs'), path.join(folder, 'plain.mjs'));
    for (const [name, lines] of Object.entries(LINES)) {
      const file = path.join(folder, `Dockerfile.${name}`);
      await writeFile(file, [`FROM ${BASE}`, 'WORKDIR /home/app', 'COPY *.mjs .', ...lines, ''].join('\n'));
      const tag = `localhost/${IMAGES[name as keyof typeof IMAGES]}:latest`;
      await podman('build', '--quiet', '--format=docker', '-f', file, '-t', tag, folder);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An image without Node, of a watchdog that has its own inside, as of-watchdog is one executable. */
export const STANDALONE = 'of-test/standalone';

export async function buildStandaloneImage(): Promise<void> {
  if (!existsSync('dist/fwatchdog')) await execa('npm', ['run', 'build:standalone']);
  const folder = await mkdtemp(path.join(tmpdir(), 'engine-images-'));
  try {
    await cp('dist/fwatchdog', path.join(folder, 'fwatchdog'));
    const environment = 'ENV mode=streaming fprocess="tr a-z A-Z"';
    const lines = [
      `FROM ${DEBIAN}`,
      'COPY fwatchdog /usr/bin/',
      environment,
      'USER node',
      'CMD ["fwatchdog"]',
      '',
    ];
    await writeFile(path.join(folder, 'Dockerfile'), lines.join('\n'));
    await podman('build', '--quiet', '--format=docker', '-t', `localhost/${STANDALONE}:latest`, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
