import { canOverlap } from './launch.ts';
import { restartDelay } from './plan.ts';
import type { Version } from './version.ts';

/** Why a function has fewer instances than are wished for, and what else its user should know: one line each. */
export function statusNotes(current: Version, previous: Version | undefined, replicas: number): string[] {
  const notes = [...current.probes.warnings];
  if (previous && !current.hasServed)
    notes.push('the version that was deployed last is not ready yet: the one before serves on');
  if (replicas > 1 && !canOverlap(current))
    notes.push(`one instance runs in place of ${replicas}: its server reads neither http_port nor PORT`);
  const { lastFailure, failures } = current;
  if (!lastFailure || current.count('serving') >= replicas) return notes;
  const delay = restartDelay(failures) / 1000;
  notes.push(
    `${lastFailure.reason}, at ${lastFailure.at.toISOString()}; failed ${failures} times in a row, started again ${delay} s after each`,
    ...lastFailure.lines.map((line) => `> ${line}`),
  );
  return notes;
}
