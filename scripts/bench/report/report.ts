import type { Finding } from '../comparison.ts';
import type { Machine } from '../machine.ts';

/** All results of a run: the content of the JSON file, and the source of the page. */
export interface Report {
  readonly machine: Machine;
  readonly generator: string;
  readonly minutes: number;
  readonly findings: readonly Finding[];
  /** Scenarios that could not be run, and why. */
  readonly broken: readonly string[];
}

/** Writes the report as JSON, with six digits for a number, and a line for each contender at each point. */
export function toJson(report: Report): string {
  const short = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(report, short).replaceAll('{"contender"', '\n{"contender"')}\n`;
}
