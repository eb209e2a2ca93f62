import type { Output } from './output.ts';

/** The outputs of a command. The entry file makes them once and hands them down. */
export interface Terminal {
  /** Results: for scripts to read. */
  readonly out: Output;
  /** Progress and errors: for a person to read. */
  readonly err: Output;
}
