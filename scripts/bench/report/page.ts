import { failuresOf, type Finding } from '../comparison.ts';
import { judge } from '../goals.ts';
import { chartName, chartTitle } from './charts.ts';
import type { Report } from './report.ts';
import { duelTable, findingTable, goalTable } from './tables.ts';

function section(finding: Finding): string {
  const { id, title, about, charts, rows } = finding;
  const duel = duelTable(finding);
  const broken = rows.filter((row) => row.broken !== undefined);
  return [
    `## ${title}`,
    about,
    ...charts.map((plan) => `![${chartTitle(finding, plan)}](benchmarks/${chartName(id, plan)})`),
    findingTable(finding),
    ...(duel === undefined ? [] : ['Ours over each of the others, in the same rounds:', duel]),
    ...broken.map(
      (row) => `${row.contender} at ${row.point.name} was given up: ${row.broken?.split('\n', 1)[0]}.`,
    ),
  ].join('\n\n');
}

function facts({ machine, generator, minutes }: Report): string {
  const { cpu, cores, memoryMiB, kernel, node, date, loadBefore } = machine;
  const memory = Math.round(memoryMiB / 1024);
  return [
    `- ${cpu}, ${cores} cores, ${memory} GiB of memory, shared by the load generator and all that it loads`,
    `- Linux ${kernel}, Node ${node}, load from ${generator} and, for bodies, a client of our own on plain sockets`,
    `- ${date.slice(0, 16).replace('T', ' ')} UTC, ${minutes.toFixed(0)} minutes; load of the machine before: ${loadBefore.toFixed(2)}`,
  ].join('\n');
}

function method({ findings }: Report): string {
  const rounds = Math.max(0, ...findings.flatMap(({ rows }) => rows.map((row) => row.rounds.length)));
  const failed = findings.flatMap(({ rows }) => rows).reduce((sum, row) => sum + failuresOf(row), 0);
  return `All servers of a table stand ready side by side, on the same machine, each a process of its own with nothing in its
environment but its settings. They are loaded in turn: the first, the second, …, the first again, after one round that
is not counted; ${rounds} rounds at most. A figure is the median of the rounds. A ratio is taken within each round, from
turns that lie seconds apart, and then its median; in brackets are the least and the most of all rounds. So a machine
that gets slower for a while makes all slower alike, and ratios hold where figures do not.

The watchdog runs as it is shipped: one minified file, logs of every request and metrics on. \`http-proxy\` forwards over
connections that are kept alive, without which it opens one for each request; \`@fastify/reply-from\` and
\`functions-framework\` run with their defaults, the latter with NODE_ENV=production. None of the three logs requests or
counts them. Processor time is the kernel's count for the server and all processes below it, in hundredths of a second;
memory is what is resident, in which pages that two processes share count twice. ${failed === 0 ? 'No request failed.' : `${failed} requests failed in all; the tables show where.`}

A quick form of this, \`npm run bench -- --check\`, runs in CI and fails where a ratio is worse by more than a quarter than
when the marks in \`scripts/bench/marks.json\` were kept.`;
}

const LIMITS = `- Nothing of other machines: with more cores the function, the watchdog and the load no longer wait for each other, and
  ratios to direct rise. Figures (requests per second, milliseconds, MiB) are this machine's alone.
- Nothing of networks: all goes over the loopback device, without TLS.
- Nothing of your function: these do next to nothing, so that what stands in front of them shows. Before a function that
  takes 10 ms none of these differences can be seen.
- p99 is of closed loops: each connection waits for its answer before it asks again, so a server that stalls is also
  asked less. Compare p99s with each other; they are not what users at a fixed rate would see.
- Memory under a limit: none was set. What holds in containers of 64 and 128 MB is tested with containers.`;

/** Writes the page for a reader, in Markdown. */
export function writePage(report: Report): string {
  const verdicts = judge(report.findings);
  const aimed = verdicts.filter(({ isMet }) => isMet !== undefined);
  const met = aimed.filter(({ isMet }) => isMet).length;
  return [
    '# Benchmarks',
    'What the watchdog costs, beside the same work done without it and by others. Made by `npm run bench`, which writes ' +
      'this page, its charts, and every round in [benchmarks.json](benchmarks.json).',
    facts(report),
    ...report.broken.map((text) => `**Not measured:** ${text}`),
    '## Goals',
    aimed.length === 0
      ? 'None was measured in this run.'
      : `${met} of ${aimed.length} are met.\n\n${goalTable(verdicts)}`,
    ...report.findings.map(section),
    '## How it was measured',
    method(report),
    '## What this does not say',
    LIMITS,
  ].join('\n\n');
}
