import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { messageOf, systemCodeOf } from '../../../common/errors.ts';
import { StartError } from '../../errors.ts';
import type { ExitStatus } from '../../process/exit-status.ts';
import type { AddonPlaces } from '../../process/native/loaded-addon.ts';
import { closeWriters, makePipes } from './function-pipes.ts';
import { ProcessGroups } from '../../process/process-groups.ts';

/** How long the function has to end after SIGTERM when the watchdog stops, in milliseconds. */
const SHUTDOWN_GRACE_MS = 4000;

/** The one process of the function, which lives as long as the watchdog does. */
export class FunctionProcess {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process has exited. */
  readonly exited: Promise<ExitStatus>;
  readonly #groups = new ProcessGroups();
  #hasExited = false;

  private constructor(pid: number, stdout: Readable, stderr: Readable, exited: Promise<ExitStatus>) {
    this.pid = pid;
    this.stdout = stdout;
    this.stderr = stderr;
    this.#groups.add(pid);
    this.exited = exited.then((status) => {
      this.#hasExited = true;
      this.#groups.leaderExited(pid);
      return status;
    });
  }

  /**
   * Starts the function. Its stdin stays open and silent, as in of-watchdog, because some servers end with it.
   * @param addon where the native addon, which makes its pipes, can be loaded from; undefined to do without
   * @throws StartError FUNCTION_NOT_STARTED
   */
  static async start(
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
    addon: AddonPlaces | undefined,
  ): Promise<FunctionProcess> {
    const [file = '', ...args] = command;
    const pipes = makePipes(addon);
    const stdio = ['pipe', pipes?.stdout.writer ?? 'pipe', pipes?.stderr.writer ?? 'pipe'];
    // node:child_process and not execa, which takes 20 ms to load, and the first request would wait for that
    const child = spawn(file, args, { env: environment, detached: true, stdio: stdio as 'pipe'[] });
    child.on('error', () => undefined); // the first error is waited for; later ones tell that a signal reached nobody
    const failed = once(child, 'error') as Promise<[Error]>;
    closeWriters(pipes);
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const stdout = pipes?.stdout.reader ?? child.stdout;
    const stderr = pipes?.stderr.reader ?? child.stderr;
    if (child.pid === undefined || !stdout || !stderr) {
      const [cause] = await failed;
      const why = systemCodeOf(cause) === 'ENOENT' ? 'no such file' : messageOf(cause);
      const text = `cannot start the function ${JSON.stringify(file)}: ${why}; see function_process or fprocess`;
      throw new StartError('FUNCTION_NOT_STARTED', text, { cause });
    }
    return new FunctionProcess(child.pid, stdout, stderr, exited);
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Tells the function to end and waits until it has. The function and its children are killed after 4 s. */
  async stop(): Promise<void> {
    if (this.#hasExited) return;
    this.#groups.stop(this.pid, SHUTDOWN_GRACE_MS);
    await this.exited;
  }

  kill(): void {
    this.#groups.killAll();
  }
}
