import { cpus, loadavg, release, totalmem } from 'node:os';

/** The machine of the figures, and the time. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  /** The load of the last minute, before the bench added its own: over 0.5 the figures are noisy. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    kernel: release(),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryMiB: Math.round(totalmem() / 1_048_576),
    loadBefore: loadavg()[0] ?? 0,
  };
}
