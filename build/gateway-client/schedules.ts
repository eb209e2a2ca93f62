import type { GatewayClient } from './client.ts';

/** A function that the gateway calls by the clock. */
export interface Schedule {
  readonly function: string;
  readonly namespace: string;
  /** The text of the annotation. */
  readonly schedule: string;
  /** The times of the next calls, RFC 3339. */
  readonly next: readonly string[];
  readonly lastRun?: string;
  readonly lastStatus?: number;
}

export async function listSchedules(client: GatewayClient): Promise<readonly Schedule[]> {
  return (await client.send('GET', '/system/schedules')).json() as Schedule[];
}

/**
 * Calls a function at once as its schedule would.
 * @param name `NAME` or `NAME.NAMESPACE`
 * @returns the status of the function's answer
 * @throws KitError NOT_FOUND
 */
export async function runSchedule(client: GatewayClient, name: string): Promise<number> {
  const answer = await client.send('POST', `/system/schedules/${encodeURIComponent(name)}/run`);
  return (answer.json() as { status: number }).status;
}
