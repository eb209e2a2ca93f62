import { execa } from 'execa';
import { KitError } from '../errors.ts';
import type { Environment, Host } from '../host.ts';

export interface ToolOptions {
  readonly cwd: string;
  /** Instead of the host's environment. */
  readonly env?: Environment;
  /** Milliseconds after which the program is ended. */
  readonly timeout: number;
  /** What to do where the program is not installed. */
  readonly wayOut: string;
  /** Gets each line the program writes, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/**
 * Runs another program to its end. It ends with the command: on Ctrl-C, on its deadline, and when ofkit exits.
 * @returns what it wrote and whether it exited with 0
 * @throws KitError TOOL_MISSING, INTERRUPTED, or UNREACHABLE past the deadline
 */
export async function runTool(
  host: Host,
  command: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolResult> {
  host.interrupted.throwIfAborted();
  const child = execa(command, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? host.env) },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: options.timeout,
    cancelSignal: host.interrupted,
    forceKillAfterDelay: 5000,
  });
  if (options.onLine) void forward(child.iterable({ from: 'all' }), options.onLine);
  const result = await child;
  if (result.isCanceled) host.interrupted.throwIfAborted();
  const output = String(result.all ?? '');
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    throw new KitError('TOOL_MISSING', `${command} cannot be started (${result.code}): ${options.wayOut}`);
  }
  if (result.timedOut) {
    const message = `${command} ${args[0] ?? ''} did not end within ${options.timeout / 1000} s`;
    throw new KitError('UNREACHABLE', message, { output });
  }
  return { ok: !result.failed, stdout: String(result.stdout ?? ''), output };
}

async function forward(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of lines) onLine(String(line));
  } catch {
    // The result tells how the program ended.
  }
}
