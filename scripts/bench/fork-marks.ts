import type { Row } from './comparison.ts';
import type { Mark } from './marks.ts';

/** Requests per second of streaming mode, over those of node:http with child_process.spawn. */
const LEAST_RATES = new Map([
  [1, 2.5],
  [8, 3.6],
]);

/** Clients at which the slowest requests are looked at, and p99 over p50 there. */
const MANY_CLIENTS = 64;
const MOST_SPREAD = 3;

/** The marks on the fork modes that were measured in this run. */
export function judgeForks(rows: readonly Row[]): Mark[] {
  return rows.filter(({ server }) => server === 'streaming mode').flatMap(marksOf);
}

function marksOf({ connections, ratios, figures, failures }: Row): Mark[] {
  const least = LEAST_RATES.get(connections);
  if (least !== undefined) {
    const ratio = ratios.rate.median;
    const what = `streaming mode at ${connections} connections, requests per second`;
    const wanted = `at least ${least.toFixed(1)} of node spawn, no request failed`;
    const seen = `${ratio.toFixed(2)}, ${failures} failed`;
    return [{ what, wanted, seen, met: ratio >= least && failures === 0 }];
  }
  if (connections !== MANY_CLIENTS) return [];
  const spread = figures.p99.median / figures.p50.median;
  const what = `streaming mode at ${connections} connections, p99`;
  const wanted = `at most ${MOST_SPREAD} times its p50`;
  return [{ what, wanted, seen: spread.toFixed(2), met: spread <= MOST_SPREAD }];
}
