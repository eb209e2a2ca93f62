import { randomBytes } from 'node:crypto';

/** A name that no other instance has: in log lines, and wherever else it needs one. */
export function instanceId(functionName: string): string {
  return `${functionName}-${randomBytes(4).toString('hex')}`;
}
