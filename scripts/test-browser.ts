import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Runs test/browser: the page of the gateway in Debian's Chromium, which it installs where it is missing, with the
 * fonts that the pictures of docs/ui are drawn in. With names, such as `pages`, it runs those files alone;
 * `--update-screenshots` writes the pictures anew. CHROMIUM names another browser.
 */

const PACKAGES = ['chromium', 'fonts-inter', 'fonts-jetbrains-mono', 'fonts-wqy-microhei'];

const isUpdate = process.argv.includes('--update-screenshots');
const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const files = readdirSync('test/browser')
  .filter((file) => file.endsWith('.browser.ts'))
  .filter((file) => only.length === 0 || only.some((name) => file.startsWith(`${name}.`)));
if (files.length === 0) {
  console.error(`test/browser has no file of ${only.join(', ')}`);
  process.exit(2);
}
const missing = reasonToSkip();
if (missing !== undefined) {
  console.log(`skipped: browser: ${missing}`);
  process.exit(0);
}
if (process.env['CHROMIUM'] === undefined) await installBrowser();
const tests = await execa(
  process.execPath,
  [
    '--import',
    'tsx',
    '--test',
    '--test-concurrency=1',
    '--test-timeout=300000',
    ...files.map((file) => join('test/browser', file)),
  ],
  {
    env: isUpdate ? { UPDATE_SCREENSHOTS: 'true' } : {},
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  },
);
process.exitCode = tests.exitCode ?? 1;

function reasonToSkip(): string | undefined {
  if (process.env['CHROMIUM'] !== undefined || existsSync('/usr/bin/chromium')) return undefined;
  if (process.getuid?.() !== 0) return 'Chromium is missing, and to install it takes root';
  if (!existsSync('/usr/bin/apt-get')) return 'Chromium comes from apt-get, which is not there';
  return undefined;
}

async function installBrowser(): Promise<void> {
  const known = await execa('dpkg', ['--status', ...PACKAGES], { reject: false });
  if (known.exitCode === 0) return;
  if (process.getuid?.() !== 0) return; // there is one, with other fonts
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await execa('apt-get', ['update', '--quiet'], { env });
  await execa('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', ...PACKAGES], { env });
}
