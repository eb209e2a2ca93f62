import type { Output } from './output.ts';

/** Where a command writes: made once by the entry file and handed down. */
export interface Terminal {
  /** Results: for scripts to read. */
  readonly out: Output;
  /** Progress and errors: for a person to read. */
  readonly err: Output;
}
