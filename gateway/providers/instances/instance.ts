import type { ProbeSettings } from './probe-settings.ts';

/** CPU in thousandths of a core, and memory in bytes, of one instance. */
export interface InstanceUsage {
  readonly cpu: number;
  readonly bytes: number;
  /** Since its start; undefined where that is not known. */
  readonly cpuSeconds?: number;
}

/** One run of a function's code, whatever it runs as. */
export interface Instance {
  readonly id: string;
  /** Where it takes requests; port 0 until that is known. */
  readonly host: string;
  readonly port: number;
  readonly isAlive: boolean;
  /** What it wrote last. */
  readonly lastLines: readonly string[];
  /** Resolves with how it ended, once it has and its last lines were read. */
  readonly ended: Promise<string>;
  /** What ended it from outside, such as a limit of memory; undefined where it ended by itself, or lives. */
  readonly endedBy: string | undefined;

  /** How it ended, where that is known at once. */
  readonly endedAs?: string | undefined;

  /** Calls back at the very moment that it is known to have ended; `ended` waits for its last lines too. */
  onceGone(listener: () => void): void;
  /** Finds out whether it has ended, where that may have been missed. */
  look?(): Promise<void>;
  /** Whether it says that it takes requests. */
  isReady(settings: ProbeSettings): Promise<boolean>;
  /** Whether it is well: one that is not, time and again, is ended. */
  isHealthy(settings: ProbeSettings): Promise<boolean>;
  /** Tells it to end, and kills it past the deadline. */
  stop(deadlineMs: number): Promise<void>;
  /** Ends it and all that it has started at once. */
  kill(): Promise<void>;
  measure(): Promise<InstanceUsage>;
}

/** How many of its last lines are told of an instance that has failed. */
const LINES_TOLD = 20;

/** The last lines of an instance. */
export class LastLines {
  readonly lines: string[] = [];

  push(line: string): void {
    this.lines.push(line);
    if (this.lines.length > LINES_TOLD) this.lines.shift();
  }
}

/** Why an instance that served does so no more. */
export function endOf(instance: Instance | undefined): string {
  const how = instance?.endedAs;
  return instance?.endedBy ?? (how === undefined ? 'it ended by itself' : `it ended by itself (${how})`);
}
