import { execa } from 'execa';
import { KitError } from '../errors.ts';
import type { Environment } from '../../common/settings/read.ts';
import type { Project } from '../project.ts';

const KILL_AFTER_MS = 5000;

export interface ToolOptions {
  readonly cwd: string;
  /** The program's environment; undefined for the project's. */
  readonly env?: Environment;
  /** How long the program may run, in milliseconds. */
  readonly timeout: number;
  /** The advice to a user who has not installed the program. */
  readonly wayOut: string;
  /** Gets each line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** stdout and stderr together, in the order of their lines. */
  readonly output: string;
}

/**
 * Runs a program to its end. On Ctrl-C and at its deadline it is ended with every process that it has started.
 * @returns its output, and whether it exited with 0
 * @throws KitError TOOL_MISSING, INTERRUPTED, or UNREACHABLE past the deadline
 */
export async function runTool(
  project: Project,
  command: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolResult> {
  project.interrupted.throwIfAborted();
  const child = execa(command, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? project.environment) },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    // In a group of its own all its processes can be stopped together.
    detached: true,
    cleanup: false,
  });
  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    stopGroup(child.pid);
  }, options.timeout);
  const onInterrupt = (): void => stopGroup(child.pid);
  project.interrupted.addEventListener('abort', onInterrupt);
  if (options.onLine) void forward(child.iterable({ from: 'all' }), options.onLine);
  const result = await child;
  clearTimeout(deadline);
  project.interrupted.removeEventListener('abort', onInterrupt);
  project.interrupted.throwIfAborted();
  const output = String(result.all ?? '');
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    throw new KitError('TOOL_MISSING', `${command} cannot be started (${result.code}): ${options.wayOut}`);
  }
  if (timedOut) {
    const message = `${command} ${args[0] ?? ''} did not end within ${options.timeout / 1000} s`;
    throw new KitError('UNREACHABLE', message, { output });
  }
  return { ok: !result.failed, stdout: String(result.stdout ?? ''), output };
}

/** Stops a program with all processes that it has started: by SIGTERM, after a while by SIGKILL. */
function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), KILL_AFTER_MS).unref();
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

async function forward(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of lines) onLine(String(line));
  } catch {
    // `runTool` tells by the result how the program has ended.
  }
}
