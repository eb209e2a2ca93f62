import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes dist/fwatchdog, one executable of dist/fwatchdog.js and the Node that runs this script, for images without Node
 * (https://nodejs.org/api/single-executable-applications.html).
 */

const OUTPUT = 'dist/fwatchdog';

const folder = mkdtempSync(join(tmpdir(), 'standalone-'));
try {
  const main = join(folder, 'main.js');
  const config = join(folder, 'config.json');
  const output = join(folder, 'blob');
  // code in an executable has no first line for a shell
  writeFileSync(main, readFileSync('dist/fwatchdog.js', 'utf8').replace(/^#!.*/, ''));
  writeFileSync(config, JSON.stringify({ main, output, disableExperimentalSEAWarning: true }));
  execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: 'pipe' });
  copyFileSync(process.execPath, OUTPUT);
  chmodSync(OUTPUT, 0o755);
  const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
  execFileSync('postject', [OUTPUT, 'NODE_SEA_BLOB', output, '--sentinel-fuse', fuse], { stdio: 'pipe' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
