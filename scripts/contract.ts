import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { MOST_RETRIED, tellFlaky } from './tests/flaky.ts';

/**
 * Runs a conformance contract, then once more those of its checks that have failed:
 *
 *     tsx scripts/contract.ts NAME COMMAND CONTRACT.mjs [ITS OPTIONS]
 *
 * A contract reports a check that has failed by a line `FAIL KIND ID: …`, and takes `--only REGEX` for IDs.
 */

const [name = '', command = '', ...words] = process.argv.slice(2);
const contractAt = words.findIndex((word) => word.endsWith('.mjs')) + 1;

/** @returns the checks that have failed, and whether it ended well */
async function run(only: readonly string[]): Promise<{ passed: boolean; failed: string[] }> {
  const escaped = only.map((id) => id.replaceAll('.', String.raw`\.`));
  const chosen = only.length === 0 ? [] : ['--only', `^(?:${escaped.join('|')})$`];
  const child = execa(command, [...words.slice(0, contractAt), ...chosen, ...words.slice(contractAt)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    buffer: false,
    reject: false,
    preferLocal: true,
  });
  const failed = new Set<string>();
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    const id = /^FAIL +\S+ +([^ :]+):/.exec(line)?.[1];
    if (id !== undefined) failed.add(id);
  }
  return { passed: (await child).exitCode === 0, failed: [...failed] };
}

const first = await run([]);
if (!first.passed) {
  const { failed } = first;
  const isWorthIt = failed.length > 0 && failed.length <= MOST_RETRIED;
  if (isWorthIt) console.log(`once more: ${failed.join(', ')}`);
  if (isWorthIt && (await run(failed)).passed) await tellFlaky(name, failed);
  else process.exitCode = 1;
}
