import { GatewayError } from '../errors.ts';
import type { Deployment } from '../functions/deployment.ts';
import type { VersionRecord } from '../state/function-store.ts';
import type { EngineRunner } from './engine/engine-runner.ts';
import type { Runner } from './instances/runner.ts';
import type { FunctionVersion } from './instances/function-version.ts';

/** Runs local images as processes, and all others as containers. */
export class AutoRunner implements Runner {
  readonly orchestration = 'auto';
  readonly #processes: Runner;
  readonly #containers: EngineRunner;

  constructor(processes: Runner, containers: EngineRunner) {
    this.#processes = processes;
    this.#containers = containers;
  }

  async open(): Promise<void> {
    await this.#processes.open();
    await this.#containers.open();
  }

  takenUp(): void {
    this.#processes.takenUp();
    this.#containers.takenUp();
  }

  async close(): Promise<void> {
    await Promise.all([this.#processes.close(), this.#containers.close()]);
  }

  /** Does not ask the engine, as the gateway is healthy without one. */
  checkHealth(): Promise<void> {
    return this.#processes.checkHealth();
  }

  async check(deployment: Deployment): Promise<VersionRecord> {
    try {
      return await this.#processes.check(deployment);
    } catch (thrown) {
      const isNotLocal = thrown instanceof GatewayError && thrown.code === 'IMAGE_UNAVAILABLE';
      if (!isNotLocal || !this.#containers.isThere) throw thrown;
      return this.#containers.check(deployment);
    }
  }

  make(record: VersionRecord): Promise<FunctionVersion> {
    return (record.container ? this.#containers : this.#processes).make(record);
  }
}
