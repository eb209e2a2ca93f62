import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { chosenFiles } from './tests/chosen-files.ts';
import { passes } from './tests/passes.ts';

/**
 * Runs test/browser: the page of the gateway in Debian's Chromium, which it installs where it is missing, with the
 * fonts that the pictures of docs/ui are drawn in. With names, such as `pages`, it runs those files alone;
 * `--update-screenshots` writes the pictures again. CHROMIUM names another browser.
 */

const PACKAGES = ['chromium', 'fonts-inter', 'fonts-jetbrains-mono', 'fonts-wqy-microhei'];

const isUpdate = process.argv.includes('--update-screenshots');
const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const files = chosenFiles('test/browser', '.browser.ts', only);
const missing = reasonToSkip();
if (missing !== undefined) {
  console.log(`skipped: browser: ${missing}`);
  process.exit(0);
}
if (process.env['CHROMIUM'] === undefined) await installBrowser();
const env = isUpdate ? { UPDATE_SCREENSHOTS: 'true' } : {};
if (!(await passes('browser', files, { concurrency: 1, timeoutMs: 300_000, env }))) process.exitCode = 1;

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
