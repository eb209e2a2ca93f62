import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { prepareBaseImages } from './containers/base.ts';
import { engineEnvironment, installEngine } from './containers/engine.ts';
import { buildImages } from './containers/images.ts';
import { chosenFiles } from './tests/chosen-files.ts';
import { passes } from './tests/passes.ts';

/**
 * Runs test/containers: the images of all templates, in containers of Podman as an orchestrator would run them. It
 * sets everything up by itself; no image is pulled. The base images, which take long, are kept in the temporary
 * folder for the next run. With names, such as `limits`, it runs those files of test/containers alone. Where
 * GATEWAY_CONTRACT names a contract of gateways, one that runs functions in containers is held to it too.
 */

const only = process.argv.slice(2);
const files = chosenFiles('test/containers', '.containers.ts', only);
const missing = reasonToSkip();
if (missing !== undefined) {
  console.log(`skipped: containers: ${missing}`);
  process.exit(0);
}
const folder = join(tmpdir(), 'fwatchdog-containers');
await mkdir(folder, { recursive: true });
await installEngine();
const env = await engineEnvironment(folder);
await prepareBaseImages(folder, env);
await buildImages(folder, env);
const passed = await passes('containers', files, { concurrency: 1, timeoutMs: 300_000, env });
// Images without a name, of builds before this one.
await execa('podman', ['image', 'prune', '--force'], { env, reject: false });
if (!passed) process.exitCode = 1;
const contract = process.env['GATEWAY_CONTRACT'];
if (contract && only.length === 0) {
  const command = ['tsx', 'scripts/conformance-gateway.ts', '--engine', contract];
  const script = [
    '--import',
    'tsx',
    'scripts/contract.ts',
    'contract of the gateway on an engine',
    ...command,
  ];
  const { exitCode } = await execa(process.execPath, script, { env, stdio: 'inherit', reject: false });
  process.exitCode ||= exitCode ?? 1;
}

function reasonToSkip(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'they are made on linux x64';
  if (process.getuid?.() !== 0) return 'they need root';
  if (!existsSync('/usr/bin/apt-get')) return 'their tools come from apt-get, which is not there';
  return undefined;
}
