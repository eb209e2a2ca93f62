/**
 * Notes of a function's status, and lines of its log, that other programs than the gateway understand. People read them as they are.
 */

/** Stands in the status while the new version of an update is not ready. */
export const NOT_READY_YET = 'the version that was deployed last is not ready yet: the one before serves on';

/** Begins each line that an instance wrote before it failed. */
export const LINE_MARK = '> ';

const GIVEN_UP = 'of-gateway: the instance is given up: ';

/** The last line of an instance that failed, in its function's log. */
export function givenUpLine(reason: string): string {
  return GIVEN_UP + reason;
}

/** @returns why an instance was given up, of a line of the gateway's that says so; else undefined */
export function readGivenUpLine(line: string): string | undefined {
  return line.startsWith(GIVEN_UP) ? line.slice(GIVEN_UP.length) : undefined;
}

/** The note on instances that failed. */
export function failureNote(reason: string, at: Date, failures: number, delaySeconds: number): string {
  return `${reason}, at ${at.toISOString()}; failed ${failures} times in a row, started again ${delaySeconds} s after each`;
}

/** @returns why instances failed, where the note says so; otherwise undefined */
export function readFailureNote(note: string): string | undefined {
  return /^(.*), at [\d:.TZ-]+; failed \d+ times in a row, /s.exec(note)?.[1];
}
