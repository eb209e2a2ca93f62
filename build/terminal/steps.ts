import type { Output } from './output.ts';

type StepState = 'waiting' | 'running' | 'done' | 'failed';

interface Step {
  readonly title: string;
  state: StepState;
  started: number;
  ended: number;
  detail: string;
}

const REDRAW_MS = 100;
const MARKS = { waiting: ' ', running: '…', done: '✔', failed: '✖' } as const;
const STYLES = { waiting: 'dim', running: 'cyan', done: 'green', failed: 'red' } as const;

/**
 * Shows the steps under way and their time. On a terminal it is a list that is kept up to date, with the last line of
 * output behind each running step. Elsewhere it is a line for each step when that ends.
 */
export class StepList {
  readonly #output: Output;
  readonly #steps: Step[] = [];
  #draw: ((text: string) => void) | undefined;
  #keep: (() => void) | undefined;
  #clear: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  async start(): Promise<void> {
    if (!this.#output.live) return;
    const { createLogUpdate } = await import('log-update');
    const update = createLogUpdate(this.#output.stream as NodeJS.WriteStream, { showCursor: true });
    this.#draw = update;
    this.#keep = () => update.done();
    this.#clear = () => update.clear();
    this.#timer = setInterval(() => this.#redraw(), REDRAW_MS);
  }

  /** Runs one step. `work` may call back with a line that tells its progress. */
  async run<T>(title: string, work: (tell: (detail: string) => void) => Promise<T>): Promise<T> {
    const step: Step = { title, state: 'running', started: performance.now(), ended: 0, detail: '' };
    this.#steps.push(step);
    this.#redraw();
    try {
      const result = await work((detail) => {
        step.detail = detail.trim() || step.detail;
      });
      this.#end(step, 'done');
      return result;
    } catch (error) {
      this.#end(step, 'failed');
      throw error;
    }
  }

  /** Lets `write` print above the list. */
  aside(write: () => void): void {
    if (this.#draw) this.#clear?.();
    write();
    this.#redraw();
  }

  /** Stops the updates and leaves the list as it stands. */
  stop(): void {
    clearInterval(this.#timer);
    this.#redraw();
    this.#keep?.();
    this.#draw = undefined;
  }

  #end(step: Step, state: StepState): void {
    step.state = state;
    step.ended = performance.now();
    if (this.#draw) this.#redraw();
    else this.#output.line(this.#render(step));
  }

  #redraw(): void {
    this.#draw?.(this.#steps.map((step) => this.#render(step)).join('\n'));
  }

  #render(step: Step): string {
    const until = step.ended || performance.now();
    const seconds = `${((until - step.started) / 1000).toFixed(1)}s`;
    const mark = this.#output.paint(STYLES[step.state], MARKS[step.state]);
    const detail = step.state === 'running' && step.detail ? `  ${truncate(step.detail)}` : '';
    return `${mark} ${step.title} ${this.#output.paint('dim', `${seconds}${detail}`)}`;
  }
}

/** Cuts a text to the length of a line, and removes characters that would move the cursor. */
function truncate(text: string): string {
  const plain = text.replaceAll(/\p{Cc}\[[0-9;]*[A-Za-z]|\p{Cc}/gu, '');
  return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain;
}
