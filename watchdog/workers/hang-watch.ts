import { formatDuration } from '../../common/duration.ts';
import type { Logger } from '../log/logger.ts';
import type { Worker } from './worker.ts';

/** Signs of life in one exec_timeout, and the limits between two of them in milliseconds. */
const BEATS = 8;
const OFTENEST_MS = 25;
const SELDOMEST_MS = 1000;

/**
 * How many milliseconds pass between two signs of life of a worker.
 * @param execTimeout 0 for none
 */
export function beatOf(execTimeout: number): number {
  return Math.min(SELDOMEST_MS, Math.max(OFTENEST_MS, (execTimeout || SELDOMEST_MS * BEATS) / BEATS));
}

export interface HangWatchOptions {
  readonly execTimeout: number;
  readonly logger: Logger;
  readonly workers: () => readonly Worker[];
  /** Called before a worker is killed. */
  readonly onHang: (worker: Worker) => void;
}

/**
 * Kills workers that hang: in inproc mode a handler that does not yield cannot keep its own time.
 * @returns stops the watch
 */
export function watchForHangs({ execTimeout, logger, workers, onHang }: HangWatchOptions): () => void {
  const beatMs = beatOf(execTimeout);
  const look = (): void => {
    for (const worker of workers()) {
      if (worker.silentMs < execTimeout + beatMs) continue;
      const time = formatDuration(execTimeout);
      logger.error(`exec_timeout of ${time} passed without a sign of life of worker ${worker.pid}: killed`);
      onHang(worker);
      worker.kill();
    }
  };
  const timer = setInterval(look, beatMs);
  return () => clearInterval(timer);
}
