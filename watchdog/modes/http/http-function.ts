import { accepts } from '../../../common/http/upstream/probe.ts';
import type { UpstreamAddress } from '../../../common/http/upstream/upstream-address.ts';

/**
 * The function of http mode, as those see it who forward to it: whether it takes connections yet, and whether it still
 * lives. Its process is this one's (`OwnFunction`), or that of the watchdog's other processes too.
 */
export abstract class HttpFunction {
  /** Settles, with the line that tells how, when it has ended. */
  readonly ended: Promise<string>;
  /** Where it listens. */
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

  /** Looks anew while it starts: who asks may have seen it listen a moment ago. */
  async isReady(): Promise<boolean> {
    if (!this.#isAccepting && (await accepts(this.address))) this.accept();
    return this.#isAccepting;
  }

  /**
   * Calls once it takes connections, or never will.
   * @returns what takes the call back
   */
  onceSettled(go: () => void): () => void {
    this.#waiting.add(go);
    return () => this.#waiting.delete(go);
  }

  /** It takes connections: lets go what has waited for that. */
  protected accept(): void {
    if (this.#hasEnded) return;
    this.#isAccepting = true;
    this.#letGo();
  }

  /** It has ended: what waits for it will find nobody there. */
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

  /** How often it was started by this process. */
  abstract readonly starts: number;
  /** Starts it, where that is this process's task. */
  abstract start(): Promise<void>;
  /** Process ids of what this process has started. */
  abstract processIds(): readonly number[];
  /** Resolves when it has ended, which it is told to where that is this process's task. */
  abstract stop(): Promise<void>;
  /** Kills it, where that is this process's task. */
  abstract kill(): void;
}
