import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { RequestError } from '../../../errors.ts';
import type { ExitStatus } from '../../../process/exit-status.ts';
import {
  forkError,
  type ForkedProcess,
  type Forker,
  type ForkOptions,
  type OutputListener,
} from '../forked-process.ts';
import { ERRORS_READABLE, OUTPUT_READABLE, WRITABLE } from '../../../process/native/addon.ts';
import { EnvironmentBlock, block, candidates, ownBlock } from './block.ts';
import { InputPipe, OutputPipe } from './pipes.ts';
import type { Listener, NativeProcesses } from './processes.ts';

const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

const result = new Int32Array(5);

/** Starts processes with the native addon: it copies no memory of the watchdog, and does not wait. */
export class NativeForker implements Forker {
  readonly #processes: NativeProcesses;
  readonly #file: string;
  readonly #paths: Buffer;
  readonly #argv: Buffer;
  readonly #environment: EnvironmentBlock;
  readonly #merge: number;

  constructor(processes: NativeProcesses, options: ForkOptions) {
    const { command, environment, mergesErrors } = options;
    this.#processes = processes;
    this.#file = command[0] ?? '';
    this.#paths = block(candidates(this.#file, environment['PATH']));
    this.#argv = block(command);
    this.#environment = new EnvironmentBlock(environment);
    this.#merge = mergesErrors ? 1 : 0;
  }

  async fork(variables: Readonly<Record<string, string>>): Promise<ForkedProcess> {
    const own = ownBlock(variables);
    if (!own) throw forkError(this.#file, 'ERR_INVALID_ARG_VALUE');
    const number = this.#processes.next();
    const constant = this.#environment.constantFor(variables);
    const { addon } = this.#processes;
    const pid = addon.spawn(this.#paths, this.#argv, constant, own, this.#merge, number, result);
    if (pid < 0) throw forkError(this.#file, getSystemErrorName(pid));
    return new NativeProcess(this.#processes, number, pid, this.#file);
  }
}

class NativeProcess implements ForkedProcess, Listener {
  readonly pid: number;
  readonly stdin: InputPipe;
  readonly exited: Promise<ExitStatus>;
  readonly #processes: NativeProcesses;
  readonly #number: number;
  readonly #file: string;
  readonly #descriptor: number;
  readonly #slot: number;
  readonly #output: OutputPipe;
  readonly #errors: OutputPipe;
  readonly #closed: Promise<void>;
  #resolve: (status: ExitStatus) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #tellClosed: () => void = () => undefined;

  /** Takes the process that `result` describes. */
  constructor(processes: NativeProcesses, number: number, pid: number, file: string) {
    const { addon } = processes;
    const [input = -1, output = -1, errors = -1, descriptor = -1, slot = -1] = result;
    this.#processes = processes;
    this.#number = number;
    this.pid = pid;
    this.#file = file;
    this.#descriptor = descriptor;
    this.#slot = slot;
    this.exited = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.exited.catch(() => undefined); // `finished` rejects with it too
    this.#closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    this.stdin = new InputPipe(addon, input, number);
    this.#output = new OutputPipe(addon, output, this.#onClosed);
    this.#errors = new OutputPipe(addon, errors, this.#onClosed);
    processes.add(number, this);
  }

  readOutput(listener: OutputListener): void {
    this.#output.readBy(listener);
  }

  readErrors(listener: OutputListener): void {
    this.#errors.readBy(listener);
  }

  pauseOutput(): void {
    this.#output.pause();
  }

  resumeOutput(): void {
    this.#output.resume();
  }

  async finished(): Promise<ExitStatus> {
    const status = await this.exited;
    await this.#closed;
    return status;
  }

  hasExited(): boolean {
    this.reap();
    return this.#processes.withPid(this.pid) !== this;
  }

  discard(): void {
    this.stdin.close();
    this.#output.close();
    this.#errors.close();
  }

  onEvent(what: number): void {
    if (what === OUTPUT_READABLE) this.#output.read();
    else if (what === ERRORS_READABLE) this.#errors.read();
    else if (what === WRITABLE) this.stdin.onWritable();
    else this.reap();
  }

  reap(): void {
    const { addon } = this.#processes;
    if (this.#processes.withPid(this.pid) !== this) return;
    const reaped = addon.reap(this.pid, this.#slot, result);
    if (reaped === 0) return;
    const [code = 0, signal = 0, errno = 0] = result;
    this.#processes.waitedFor(this);
    addon.close(this.#descriptor);
    this.stdin.close();
    this.#errors.readLast();
    this.#output.readLast();
    if (errno !== 0) this.#reject(forkError(this.#file, getSystemErrorName(-errno)));
    else if (reaped < 0)
      this.#reject(new RequestError('PROCESS_FAILED', 'the exit status of the process is lost'));
    else if (signal === 0) this.#resolve({ code, signal: null });
    else this.#resolve({ code: null, signal: SIGNAL_NAMES.get(signal) ?? 'SIGKILL' });
    this.#onClosed();
  }

  readonly #onClosed = (): void => {
    const hasExited = this.#processes.withPid(this.pid) !== this;
    if (!hasExited || !this.#output.isClosed || !this.#errors.isClosed) return;
    this.#processes.delete(this.#number);
    this.#tellClosed();
  };
}
