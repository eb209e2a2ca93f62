import { failureNote, LINE_MARK, NOT_READY_YET } from '../../../common/status-notes.ts';
import { restartDelay } from './plan.ts';
import type { Version } from './version.ts';

/** Why a function has fewer instances than are wished for, and what else its user should know: one line each. */
export function statusNotes(current: Version, previous: Version | undefined, replicas: number): string[] {
  const notes = [...current.probes.warnings];
  if (previous && !current.hasServed) notes.push(NOT_READY_YET);
  notes.push(...current.notes(replicas));
  const { lastFailure, failures } = current;
  if (!lastFailure || current.count('serving') >= replicas) return notes;
  const { reason, at, lines } = lastFailure;
  notes.push(
    failureNote(reason, at, failures, restartDelay(failures) / 1000),
    ...lines.map((line) => LINE_MARK + line),
  );
  return notes;
}
