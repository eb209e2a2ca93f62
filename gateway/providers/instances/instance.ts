import type { ProbeSettings } from './probe-settings.ts';

/** The CPU of one instance in thousandths of a core, and its memory in bytes. */
export interface InstanceUsage {
  readonly cpu: number;
  readonly bytes: number;
  /** CPU time since its start; undefined where it is not known. */
  readonly cpuSeconds?: number;
}

/** An instance of a function, as a process or as a container. */
export interface Instance {
  readonly id: string;
  /** The address at which it takes requests. The port is 0 until it is known. */
  readonly host: string;
  readonly port: number;
  readonly isAlive: boolean;
  /** The last lines that it wrote, the oldest first. */
  readonly lastLines: readonly string[];
  /** Resolves with how it ended, once its last lines were read. */
  readonly ended: Promise<string>;
  /** Why it was ended from outside, such as for its memory; undefined where it ended by itself, or runs. */
  readonly endedBy: string | undefined;

  /** How it ended, if that is known before `ended` resolves. */
  readonly endedAs?: string | undefined;

  /** Calls `listener` as soon as the end is known, without a wait for the last lines. */
  onceGone(listener: () => void): void;
  /** Finds out whether the instance has ended unnoticed. */
  look?(): Promise<void>;
  /** Sends one readiness probe. @returns whether the instance takes requests */
  isReady(settings: ProbeSettings): Promise<boolean>;
  /** Sends one health probe. @returns whether the instance is healthy */
  isHealthy(settings: ProbeSettings): Promise<boolean>;
  /** Asks it to end by SIGTERM, and kills it after the deadline. */
  stop(deadlineMs: number): Promise<void>;
  /** Kills it at once, with all processes that it has started. */
  kill(): Promise<void>;
  measure(): Promise<InstanceUsage>;
}

/** How many last lines the status shows of an instance that has failed. */
const LINES_TOLD = 20;

/** Keeps the last lines of an instance. */
export class LastLines {
  readonly lines: string[] = [];

  push(line: string): void {
    this.lines.push(line);
    if (this.lines.length > LINES_TOLD) this.lines.shift();
  }
}

/** @returns the reason why an instance no longer serves */
export function endOf(instance: Instance | undefined): string {
  const how = instance?.endedAs;
  return instance?.endedBy ?? (how === undefined ? 'it ended by itself' : `it ended by itself (${how})`);
}
