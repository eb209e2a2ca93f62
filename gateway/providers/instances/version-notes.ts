import { failureNote, LINE_MARK, NOT_READY_YET } from '../../../common/status-notes.ts';
import { restartDelay } from './instance-plan.ts';
import type { FunctionVersion } from './function-version.ts';

/**
 * How long the status tells that an instance was ended from outside, although enough instances serve, in milliseconds.
 */
const TOLD_MS = 3_600_000;

/**
 * @param now milliseconds since 1970
 * @returns lines for the status of a function: why instances are missing, and other facts for its user
 */
export function statusNotes(
  current: FunctionVersion,
  previous: FunctionVersion | undefined,
  replicas: number,
  now: number,
): string[] {
  const notes = [...current.probes.warnings];
  if (previous && !current.hasServed) notes.push(NOT_READY_YET);
  notes.push(...current.notes(replicas));
  const { lastFailure, failures } = current;
  if (!lastFailure) return notes;
  const { reason, at, lines, isOutside } = lastFailure;
  const note = failureNote(reason, at, failures, restartDelay(failures) / 1000);
  if (current.count('serving') < replicas) notes.push(note, ...lines.map((line) => LINE_MARK + line));
  else if (isOutside && now - at.getTime() < TOLD_MS) notes.push(note);
  return notes;
}
