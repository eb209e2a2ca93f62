import { GatewayError } from '../../errors.ts';
import type { EngineClient } from './client/engine-client.ts';
import { CREATED, EXEC, type HealthCheck } from './engine-answers.ts';

/** Docker's defaults for values that a HEALTHCHECK leaves out. */
const INTERVAL_MS = 30_000;
const TIMEOUT_MS = 30_000;
const RETRIES = 3;
/** The interval until the command has succeeded for the first time. */
const STARTING_INTERVAL_MS = 1000;

/** Runs the HEALTHCHECK of an image in a container, as not every engine does that by itself. */
export class HealthCommand {
  readonly #container: string;
  readonly #check: HealthCheck;
  readonly #command: readonly string[];
  #hasSucceeded = false;
  #failures = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  private constructor(container: string, check: HealthCheck, command: readonly string[]) {
    this.#container = container;
    this.#check = check;
    this.#command = command;
  }

  /** @returns undefined where the image has no HEALTHCHECK, or an empty one */
  static of(container: string, check: HealthCheck): HealthCommand | undefined {
    const [kind, ...words] = check.Test;
    if (words.length === 0) return undefined;
    if (kind === 'CMD') return new HealthCommand(container, check, words);
    if (kind === 'CMD-SHELL') return new HealthCommand(container, check, ['/bin/sh', '-c', words.join(' ')]);
    return undefined;
  }

  /** Whether the container is healthy by the latest results. The command runs again when its interval has passed. */
  async isWell(client: EngineClient, now: number): Promise<boolean> {
    const interval = this.#hasSucceeded
      ? milliseconds(this.#check.Interval, INTERVAL_MS)
      : STARTING_INTERVAL_MS;
    if (now - this.#askedAt >= interval) {
      this.#askedAt = now;
      this.#asking ??= this.#ask(client).finally(() => (this.#asking = undefined));
      await this.#asking;
    }
    return this.#hasSucceeded && this.#failures < (this.#check.Retries || RETRIES);
  }

  async #ask(client: EngineClient): Promise<void> {
    const isWell = await this.#run(client).catch((thrown: unknown) => {
      const isAway = thrown instanceof GatewayError && thrown.code === 'PROVIDER_UNAVAILABLE';
      return isAway && this.#hasSucceeded; // without the engine, the last good result stays
    });
    this.#failures = isWell ? 0 : this.#failures + 1;
    this.#hasSucceeded ||= isWell;
  }

  async #run(client: EngineClient): Promise<boolean> {
    const signal = AbortSignal.timeout(milliseconds(this.#check.Timeout, TIMEOUT_MS));
    const body = { Cmd: this.#command, AttachStdout: true, AttachStderr: true };
    const { Id } = await client.read('POST', `/containers/${this.#container}/exec`, CREATED, {
      body,
      signal,
    });
    const output = await client.open('POST', `/exec/${Id}/start`, {
      body: { Detach: false, Tty: false },
      signal,
    });
    await output.dump({ limit: 1 << 20 }); // the output ends with the command
    const { ExitCode, Running } = await client.read('GET', `/exec/${Id}/json`, EXEC, { signal });
    return !Running && ExitCode === 0;
  }
}

function milliseconds(nanoseconds: number, fallback: number): number {
  return nanoseconds > 0 ? nanoseconds / 1e6 : fallback;
}
