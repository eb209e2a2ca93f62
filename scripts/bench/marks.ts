import type { ColdStart } from './cold-start.ts';
import type { Row } from './comparison.ts';

/** A figure that the watchdog is held to. */
export interface Mark {
  readonly what: string;
  readonly wanted: string;
  readonly seen: string;
  readonly met: boolean;
}

const MARKED_CONNECTIONS = 50;
const LEAST_OF_DIRECT = 0.4;
const MOST_OVER_BARE = 120;

/** The marks on what was measured in this run: those of parts that were left out are not there. */
export function judge(rows: readonly Row[], coldStarts: readonly ColdStart[]): Mark[] {
  const marks: Mark[] = [];
  for (const row of rows) {
    if (row.server !== 'http mode' || row.connections !== MARKED_CONNECTIONS) continue;
    const ratio = row.ratios.rate.median;
    marks.push({
      what: `http mode at ${MARKED_CONNECTIONS} connections, requests per second`,
      wanted: `at least ${LEAST_OF_DIRECT.toFixed(2)} of direct, no request failed`,
      seen: `${ratio.toFixed(2)}, ${row.failures} failed`,
      met: ratio >= LEAST_OF_DIRECT && row.failures === 0,
    });
  }
  for (const { name, overBare } of coldStarts.slice(1)) {
    marks.push({
      what: `cold start of ${name} to a healthy answer`,
      wanted: `at most ${MOST_OVER_BARE} ms over bare node`,
      seen: `${overBare.median.toFixed(0)} ms`,
      met: overBare.median <= MOST_OVER_BARE,
    });
  }
  return marks;
}
