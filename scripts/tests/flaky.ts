import { appendFile } from 'node:fs/promises';

/**
 * The most failures that are tried again. More at once are a defect, not flakiness, and none of them is tried again.
 */
export const MOST_RETRIED = 10;

/**
 * Prints the tests that failed and then passed. FLAKES_FILE names a file that collects them for a run of several
 * suites.
 */
export async function tellFlaky(suite: string, titles: readonly string[]): Promise<void> {
  for (const title of titles) console.log(`flaky (2 tries): ${suite}: ${title}`);
  const { FLAKES_FILE } = process.env;
  if (FLAKES_FILE) await appendFile(FLAKES_FILE, titles.map((title) => `${suite}: ${title}\n`).join(''));
}
