import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { WATCHDOG } from '../sample/sample-bundle.ts';
import { startAutocannon } from './load/autocannon.ts';
import type { LoadGenerator } from './load/load.ts';
import { startSlowReaders, type SlowReaders } from './load/slow-reader-clients.ts';
import { startTransferClient, type TransferClient } from './load/transfer.ts';
import { findWrk } from './load/wrk.ts';
import { bundlePrograms, type Programs } from './subjects/programs.ts';

interface LabOptions {
  /** Whether this is the quick form. */
  readonly check: boolean;
  /** Undefined for wrk where it is installed. */
  readonly generator: 'autocannon' | 'wrk' | undefined;
}

/** The common means of all scenarios, and their owner. */
export class Lab {
  /** Aborts when the bench is ended. */
  readonly signal: AbortSignal;
  readonly isCheck: boolean;
  /** A folder for the subjects' files, which is removed at the end. */
  readonly folder: string;
  readonly programs: Programs;
  readonly generator: LoadGenerator;
  readonly transfers: TransferClient = startTransferClient();
  readonly slowReaders: SlowReaders = startSlowReaders();
  readonly #help: string;
  readonly #onAbort = (): void => void this.#closeClients();

  private constructor(
    options: LabOptions,
    signal: AbortSignal,
    parts: { folder: string; programs: Programs; generator: LoadGenerator; help: string },
  ) {
    this.signal = signal;
    this.isCheck = options.check;
    this.folder = parts.folder;
    this.programs = parts.programs;
    this.generator = parts.generator;
    this.#help = parts.help;
    signal.addEventListener('abort', this.#onAbort);
  }

  /** @throws Error when wrk is asked for and not installed; the reason of the signal */
  static async open(options: LabOptions, signal: AbortSignal): Promise<Lab> {
    const folder = await mkdtemp(join(tmpdir(), 'fwatchdog-bench-'));
    try {
      const programs = await bundlePrograms();
      const { stdout: help } = await execa(process.execPath, [WATCHDOG, '--help'], { cancelSignal: signal });
      const wrk = options.generator === 'autocannon' ? undefined : await findWrk(signal);
      if (options.generator === 'wrk' && !wrk)
        throw new Error('wrk is not on PATH: install it, or leave --wrk out');
      return new Lab(options, signal, { folder, programs, generator: wrk ?? startAutocannon(), help });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Whether the measured watchdog has a setting of this name. */
  has(setting: string): boolean {
    return new RegExp(`^ +${setting}\\b`, 'm').test(this.#help);
  }

  async #closeClients(): Promise<void> {
    await Promise.all([this.generator.close(), this.transfers.close(), this.slowReaders.close()]);
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.#onAbort);
    await this.#closeClients();
    await rm(this.folder, { recursive: true, force: true });
  }
}
