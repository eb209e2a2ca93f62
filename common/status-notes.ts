/**
 * Notes in a function's status and lines of its log that the gateway writes for users, and ofkit and the page parse
 * too.
 */

/** The note in the status while the new version of an update is not ready. */
export const NOT_READY_YET = 'the version that was deployed last is not ready yet: the one before serves on';

/** The start of each note that is one of the last lines of an instance that failed. */
export const LINE_MARK = '> ';

const GIVEN_UP = 'of-gateway: the instance is given up: ';

/** @returns the gateway's line in a function's log when an instance has failed */
export function givenUpLine(reason: string): string {
  return GIVEN_UP + reason;
}

/** @returns the reason in a line of `givenUpLine`; undefined for any other line */
export function readGivenUpLine(line: string): string | undefined {
  return line.startsWith(GIVEN_UP) ? line.slice(GIVEN_UP.length) : undefined;
}

/** @returns the note in the status about instances that failed */
export function failureNote(reason: string, at: Date, failures: number, delaySeconds: number): string {
  return `${reason}, at ${at.toISOString()}; failed ${failures} times in a row, started again ${delaySeconds} s after each`;
}

/** @returns the reason in a note of `failureNote`; undefined for any other note */
export function readFailureNote(note: string): string | undefined {
  return /^(.*), at [\d:.TZ-]+; failed \d+ times in a row, /s.exec(note)?.[1];
}
