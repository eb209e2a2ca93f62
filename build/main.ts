import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import type { Writable } from 'node:stream';
import { runProgram } from './cli/program.ts';
import { messageOf } from '../common/errors.ts';
import { KitError } from './errors.ts';
import type { Host } from './host.ts';
import { withoutCredentials } from './template/credentials.ts';
import { createOutput } from './terminal/output.ts';

/** The entry of ofkit: it alone reads argv and the environment, handles signals, and exits. */

const { env, stdout, stderr } = process;
const [, script = ''] = process.argv;
const interruption = new AbortController();
const secondInterrupt: (() => Promise<void>)[] = [];

const host: Host = {
  folder: process.cwd(),
  environment: env,
  program: createRequire(script).resolve(script), // Node may have found it by a link, or without its extension
  out: createOutput(stdout, isatty(1), env),
  err: createOutput(stderr, isatty(2), env),
  stdin: () => process.stdin,
  interrupted: interruption.signal,
  onSecondInterrupt: (callback) => secondInterrupt.push(callback),
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) {
      void Promise.allSettled(secondInterrupt.map((callback) => callback())).then(() => process.exit(130));
    }
    interruption.abort(new KitError('INTERRUPTED', `ended by ${signal}: nothing is left behind`));
  });
}

// A reader that closes its end (`ofkit ... | head`) ends the command as a signal would.
for (const stream of [stdout, stderr]) {
  stream.on('error', () =>
    interruption.abort(new KitError('INTERRUPTED', 'nobody reads the output any more')),
  );
}

async function main(): Promise<void> {
  try {
    process.exitCode = await runProgram(host, process.argv.slice(2));
  } catch (error) {
    process.exitCode = report(error);
  }
  // The command is over. A handle that a library has left open would keep the process alive.
  await Promise.all([flushed(stdout), flushed(stderr)]);
  process.exit();
}

/** Resolves once the system has everything that was written to a stream. */
function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writable) stream.write('', () => resolve());
    else resolve();
  });
}

function report(error: unknown): number {
  const known = error instanceof KitError ? error : undefined;
  if (known?.output) host.err.stream.write(`${known.output.trimEnd()}\n`);
  const faulty = known ? '' : 'a fault of ofkit: ';
  host.err.line(`${host.err.paint('red', 'ofkit:')} ${faulty}${withoutCredentials(messageOf(error))}`);
  if (!known && env.OFKIT_DEBUG && error instanceof Error) host.err.line(error.stack);
  return known?.exitStatus ?? 1;
}

void main();
