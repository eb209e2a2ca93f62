import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { NativeAddon } from '../../process/native/addon.ts';
import { loadAddon, type AddonPlaces } from '../../process/native/load.ts';

/** Milliseconds for making two pipes; it takes three. */
const TIMEOUT_MS = 2000;

/** The two ends of a pipe. */
interface Pipe {
  readonly reader: Readable;
  /** The descriptor to give to a process, and to close then. */
  readonly writer: number;
}

export interface FunctionPipes {
  readonly stdout: Pipe;
  readonly stderr: Pipe;
}

/** The means to make pipes. */
export interface PipeMeans {
  /** The script that runs, of which the native addon is a part; undefined to do without the addon. */
  readonly script: string | undefined;
  /** The folder to load the addon from, and in which pipes can have names for a moment. */
  readonly temporaryFolder: string;
}

/**
 * Makes pipes for a process's stdout and stderr. Node makes sockets instead, which cannot be opened by name: a server
 * that logs to `/dev/stdout`, as nginx's image does, would not start. The native addon makes real pipes at once. Where
 * it cannot be loaded, the command `mkfifo` makes them in 3 ms, by names that are gone again when this returns.
 * @returns undefined where there is neither, or the folder cannot be written to
 */
export function makePipes({ script, temporaryFolder }: PipeMeans): FunctionPipes | undefined {
  return (
    (script === undefined ? undefined : withAddon({ script, temporaryFolder })) ?? withNames(temporaryFolder)
  );
}

function withAddon(places: AddonPlaces): FunctionPipes | undefined {
  try {
    return withoutNames(loadAddon(places));
  } catch {
    return undefined; // there is no addon for this system, or no place to load it from
  }
}

function withoutNames(addon: NativeAddon): FunctionPipes | undefined {
  const [stdout, stderr] = [new Int32Array(2), new Int32Array(2)];
  if (addon.pipe(stdout) < 0) return undefined;
  if (addon.pipe(stderr) >= 0) return { stdout: toPipe(stdout), stderr: toPipe(stderr) };
  for (const end of stdout) addon.close(end);
  return undefined;
}

function withNames(folder: string): FunctionPipes | undefined {
  let names: string | undefined;
  try {
    names = mkdtempSync(path.join(folder, 'fwatchdog-'));
    const [stdout, stderr] = [path.join(names, 'stdout'), path.join(names, 'stderr')] as const;
    execFileSync('mkfifo', ['-m', '600', stdout, stderr], { stdio: 'ignore', timeout: TIMEOUT_MS });
    return { stdout: openBoth(stdout), stderr: openBoth(stderr) };
  } catch {
    return undefined;
  } finally {
    if (names !== undefined) rmSync(names, { recursive: true, force: true });
  }
}

export function closeWriters(pipes: FunctionPipes | undefined): void {
  if (!pipes) return;
  closeSync(pipes.stdout.writer);
  closeSync(pipes.stderr.writer);
}

function openBoth(name: string): Pipe {
  const readable = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK); // otherwise it would wait for a writer
  return toPipe([readable, openSync(name, constants.O_WRONLY)]);
}

function toPipe([reader = -1, writer = -1]: Iterable<number>): Pipe {
  return { reader: new Socket({ fd: reader, readable: true, writable: false }), writer };
}
