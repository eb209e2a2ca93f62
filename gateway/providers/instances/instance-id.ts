import { randomBytes } from 'node:crypto';

/** @returns a unique name for an instance of a function, for log lines and file names */
export function instanceId(functionName: string): string {
  return `${functionName}-${randomBytes(4).toString('hex')}`;
}
