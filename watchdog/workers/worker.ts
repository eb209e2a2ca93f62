import { fork, type ChildProcess, type SendHandle } from 'node:child_process';
import type { Readable } from 'node:stream';
import { copyLines } from '../log/function-lines.ts';
import { describeExit } from '../process/exit-status.ts';
import { withDescendants } from '../../common/proc.ts';
import { ProcessGroups } from '../process/process-groups.ts';
import type { RunnerContext } from '../modes/runner.ts';
import {
  isOurs,
  WORKER_VARIABLE,
  type SupervisorCommand,
  type FromWorker,
  type WorkerOrder,
  type WorkerState,
} from './messages.ts';

/** How long to wait for the last output of a worker that has ended, in milliseconds. */
const LAST_WORDS_MS = 2500;

/**
 * Makes a worker take one connection at a time. Up to libuv 1.46 (Node 20) one worker would take all connections of a
 * rush, and leave none to the others.
 */
const SHARES_ALIKE = { UV_TCP_SINGLE_ACCEPT: '1' };

/** A worker's process, as the supervisor sees it. */
export class Worker {
  readonly pid: number;
  readonly startedAt = performance.now();
  /** Settles when it serves; false where it ends before that. */
  readonly ready: Promise<boolean>;
  /** Settles when it takes no connection any more and has answered all, or has ended. */
  readonly drained: Promise<void>;
  /** Settles when the process has ended. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  readonly #announce: (line: string) => void;
  readonly #groups = new ProcessGroups();
  #state: WorkerState | undefined;
  #heardAt = performance.now();
  #isReady = false;
  #failure: string | undefined;
  #onReady: (isReady: boolean) => void = () => undefined;
  #onDrained: () => void = () => undefined;
  /** Callers that wait for its state. */
  readonly #reports = new Set<() => void>();

  constructor(context: RunnerContext, order: Omit<WorkerOrder, 'ownVariables'>, handle: SendHandle) {
    const ownVariables = Object.keys(SHARES_ALIKE).filter((name) => context.environment[name] === undefined);
    const whole: WorkerOrder = { ...order, ownVariables };
    this.#announce = context.announce;
    this.#child = fork(context.script, [], {
      env: { ...SHARES_ALIKE, ...context.environment, [WORKER_VARIABLE]: JSON.stringify(whole) },
      detached: true, // it leads a group, so that the processes that it starts end with it
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.pid = this.#child.pid ?? 0;
    if (this.pid > 0) this.#groups.add(this.pid);
    for (const name of ['stdout', 'stderr'] as const) {
      // the worker has made whole lines already
      const options = { name, prefix: false, longestLine: -1 };
      const from: Readable | null | undefined = this.#child[name];
      if (from) copyLines(from, context.output[name], options); // there is no stream where it could not be started
    }
    this.exited = this.#untilExited();
    this.ready = new Promise((resolve) => {
      this.#onReady = resolve;
    });
    this.drained = new Promise((resolve) => {
      this.#onDrained = resolve;
    });
    void this.exited.then(() => {
      this.#onReady(false);
      this.#onDrained();
      this.#endReports();
    });
    this.#child.on('message', (message) => this.#hear(message));
    this.#child.on('error', () => undefined);
    if (this.#child.connected) this.#child.send({ type: 'port' }, handle, undefined, () => undefined);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get state(): WorkerState | undefined {
    return this.#state;
  }

  /** Why it could not start. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Milliseconds since its last sign of life. */
  get silentMs(): number {
    return this.#isReady ? performance.now() - this.#heardAt : 0;
  }

  tell(type: SupervisorCommand): void {
    if (this.#child.connected) this.#child.send({ type }, () => undefined);
  }

  /** Asks for its state. Settles when that is there, or without it after a while. */
  async report(deadlineMs: number): Promise<void> {
    if (!this.#isReady) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#reports.delete(done);
        resolve();
      };
      const timer = setTimeout(done, deadlineMs);
      this.#reports.add(done);
      this.tell('report');
    });
  }

  /** Kills it at once with everything that it has started: the processes of requests lead groups of their own. */
  kill(): void {
    if (this.pid === 0 || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGSTOP'); // so that it starts nothing while its processes are looked for
    for (const pid of withDescendants(this.pid)) this.#groups.add(pid);
    this.#groups.killAll();
  }

  #hear(message: unknown): void {
    if (!isOurs<FromWorker>(message, ['ready', 'state', 'drained', 'line', 'failed'])) return;
    this.#heardAt = performance.now();
    if (message.type === 'ready') {
      this.#isReady = true;
      this.#onReady(true);
    } else if (message.type === 'drained') {
      this.#onDrained();
    } else if (message.type === 'line') {
      this.#announce(message.text);
    } else if (message.type === 'failed') {
      this.#failure = message.text;
    } else {
      this.#state = message;
      this.#endReports();
    }
  }

  #endReports(): void {
    for (const done of this.#reports) done();
  }

  #untilExited(): Promise<string> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => {
        this.#isReady = false;
        this.#groups.leaderExited(this.pid);
        const how = describeExit({ code, signal });
        // its last messages and output are there with its close, if nothing else holds its output open
        const timer = setTimeout(() => resolve(how), LAST_WORDS_MS);
        this.#child.once('close', () => {
          clearTimeout(timer);
          resolve(how);
        });
      });
    });
  }
}
