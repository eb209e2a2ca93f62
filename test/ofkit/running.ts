import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { PATIENCE_MS, within } from '../support/wait.ts';

export interface Ended {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunEvent {
  readonly event: 'gateway' | 'ready' | 'log' | 'reloaded' | 'failed' | 'note';
  readonly function: string;
  readonly url?: string;
  readonly gateway?: string;
  readonly debugger?: string;
  readonly mode?: string;
  readonly from?: string;
  readonly text?: string;
  readonly error?: string;
  readonly output?: string;
}

/** `ofkit run` or `up`, with --json. */
export class Running {
  readonly pid: number;
  readonly events: RunEvent[] = [];
  readonly #ended: Promise<Ended>;
  readonly #waiting = new Set<() => void>();
  readonly #kill: (signal: NodeJS.Signals) => void;
  #told = '';
  #over: Ended | undefined;

  constructor(
    program: string,
    cwd: string,
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) {
    const child = execa(process.execPath, [program, ...args], {
      cwd,
      env,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      // As a shell starts it: a Ctrl-C reaches ofkit alone here, as its functions are in groups of their own.
      detached: true,
      // A signal is one signal: nothing else ends ofkit but itself.
      forceKillAfterDelay: false,
    });
    this.pid = child.pid ?? 0;
    this.#kill = (signal) => child.kill(signal);
    this.#ended = child.then(({ exitCode, stdout, stderr }) => {
      this.#over = { status: exitCode, stdout, stderr };
      this.#wake();
      return this.#over;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{"event":')) return;
      this.events.push(JSON.parse(line) as RunEvent);
      this.#wake();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#told += String(chunk);
      this.#wake();
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Looks at each change until `look` finds something. */
  async #find<T>(what: string, look: () => T | undefined): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#over) throw new Error(`ofkit ended before ${what}: ${JSON.stringify(this.#over)}`);
      const changed = new Promise<void>((resolve) => this.#waiting.add(resolve));
      const left = Math.max(1, Math.ceil(deadline - performance.now()));
      await within(changed, `${what}; so far: ${this.#story()}`, left);
    }
  }

  #story(): string {
    return `${JSON.stringify(this.events)} ${JSON.stringify(this.#told)}`;
  }

  /** The first event that fits, among those that came and those to come. */
  async until(event: RunEvent['event'], fits: (found: RunEvent) => boolean = () => true): Promise<RunEvent> {
    return this.next(event, fits, 0);
  }

  /** The first event that fits after the first `behind` events. */
  next(event: RunEvent['event'], fits: (found: RunEvent) => boolean, behind: number): Promise<RunEvent> {
    return this.#find(`the event ${event}`, () =>
      this.events.slice(behind).find((candidate) => candidate.event === event && fits(candidate)),
    );
  }

  /** The text on stderr so far. */
  get told(): string {
    return this.#told;
  }

  /** Resolves when a text stands on stderr. */
  async says(text: string): Promise<void> {
    await this.#find(`"${text}" on stderr`, () => this.#told.includes(text) || undefined);
  }

  /** @returns the answer's body */
  async call(name: string, path = '/'): Promise<string> {
    const { url } = await this.until('ready', (event) => event.function === name);
    const answer = fetch(`${url ?? ''}${path}`).then((response) => response.text());
    return within(answer, `${name} to answer GET ${path}; so far: ${this.#story()}`);
  }

  /** How it ends. */
  untilEnded(): Promise<Ended> {
    return within(this.#ended, `the end of ofkit; so far: ${this.#story()}`);
  }

  /** Sends a Ctrl-C, and waits for the end. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.#kill(signal);
    return this.untilEnded();
  }

  async kill(): Promise<void> {
    if (this.#over) return;
    this.#kill('SIGTERM');
    await within(this.#ended, 'the end', 20_000).catch(() => this.#kill('SIGKILL'));
    await this.untilEnded();
  }
}
