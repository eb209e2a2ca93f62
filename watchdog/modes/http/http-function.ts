import { accepts } from '../../../common/http/upstream/accepting.ts';
import type { UpstreamAddress } from '../../../common/http/upstream/upstream-address.ts';

/**
 * The function of http mode, as the code that forwards to it sees it: whether it takes connections yet, and whether it
 * is still alive. This process has started it (`OwnFunction`), or the supervisor of this worker has (`ToldFunction`).
 */
export abstract class HttpFunction {
  /** Settles when the function has ended, with the line that says how. */
  readonly ended: Promise<string>;
  /** The address that it listens on. */
  readonly address: UpstreamAddress;
  readonly #waiting = new Set<() => void>();
  #tellEnded: (reason: string) => void = () => undefined;
  #isAccepting = false;
  #hasEnded = false;

  constructor(address: UpstreamAddress) {
    this.address = address;
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  get isAccepting(): boolean {
    return this.#isAccepting;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Looks again while the function starts: the caller may have seen it listen a moment ago. */
  async isReady(): Promise<boolean> {
    if (!this.#isAccepting && (await accepts(this.address))) this.accept();
    return this.#isAccepting;
  }

  /**
   * Calls `go` once the function takes connections, or never will.
   * @returns takes the call back
   */
  onceSettled(go: () => void): () => void {
    this.#waiting.add(go);
    return () => this.#waiting.delete(go);
  }

  /** Call it when the function takes connections. It lets waiting requests go on. */
  protected accept(): void {
    if (this.#hasEnded) return;
    this.#isAccepting = true;
    this.#letGo();
  }

  /** Call it when the function has ended. Requests that wait for it go on, and find nobody there. */
  protected tellEnded(reason: string): void {
    this.#isAccepting = false;
    this.#hasEnded = true;
    this.#tellEnded(reason);
    this.#letGo();
  }

  #letGo(): void {
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /** How many times this process has started it. */
  abstract readonly starts: number;
  /** Starts the function, unless the supervisor does. */
  abstract start(): Promise<void>;
  /** Process ids of the function, where this process has started it. */
  abstract processIds(): readonly number[];
  /** Stops the function, unless the supervisor does. Resolves when it has ended. */
  abstract stop(): Promise<void>;
  /** Kills the function, unless the supervisor does. */
  abstract kill(): void;
}
