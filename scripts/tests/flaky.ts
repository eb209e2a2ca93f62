import { appendFile } from 'node:fs/promises';

/** So many failures at once are a defect, not the machine's mood: they are not tried again. */
export const MOST_RETRIED = 10;

/** Names what has failed and then passed; with FLAKES_FILE also there, for the end of a run of several suites. */
export async function tellFlaky(suite: string, titles: readonly string[]): Promise<void> {
  for (const title of titles) console.log(`flaky (2 tries): ${suite}: ${title}`);
  const { FLAKES_FILE } = process.env;
  if (FLAKES_FILE) await appendFile(FLAKES_FILE, titles.map((title) => `${suite}: ${title}\n`).join(''));
}
