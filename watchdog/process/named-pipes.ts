import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** Milliseconds for making two pipes; it takes three. */
const TIMEOUT_MS = 2000;

/** The two ends of a pipe. */
export interface NamedPipe {
  readonly reader: Readable;
  /** To be given to a process, and closed then. */
  readonly writer: number;
}

/**
 * Makes pipes for a process's stdout and stderr. Those that Node makes are sockets, which cannot be opened by name:
 * a server that logs to `/dev/stdout`, as nginx's image does, would not start. The command `mkfifo` makes real ones;
 * their names are gone again when this returns.
 * @param folder where the names are made for a moment
 * @returns undefined where there is no `mkfifo`, or the folder cannot be written to
 */
export function makePipes(folder: string): { stdout: NamedPipe; stderr: NamedPipe } | undefined {
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

export function closeWriters(pipes: { stdout: NamedPipe; stderr: NamedPipe } | undefined): void {
  if (!pipes) return;
  closeSync(pipes.stdout.writer);
  closeSync(pipes.stderr.writer);
}

function openBoth(name: string): NamedPipe {
  const readable = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK); // without a writer it would wait for one
  const writer = openSync(name, constants.O_WRONLY);
  return { reader: new Socket({ fd: readable, readable: true, writable: false }), writer };
}
