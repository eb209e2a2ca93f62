// Heads that the fast path's own reading and Node's parser could take for two messages: where they end, what they name,
// and what follows. A million of them are made by a grammar and changed at chance, and every difference has to be one of
// the table in test/support/heads/allowed.ts. HEADS_SEED=N repeats a run, HEADS=N makes another number of them.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { allowedDifference, type Difference } from '../support/heads/allowed.ts';
import { Chance } from '../support/heads/chance.ts';
import { generateRequest, generateResponse } from '../support/heads/grammar.ts';
import { readRequestByNode, readResponseByNode } from '../support/heads/node-reading.ts';
import { NOT_FAST, readRequestFast, readResponseFast } from '../support/heads/own-reading.ts';
import { isRefusal, type Reading, type Refusal } from '../support/heads/reading.ts';

const HEADS = Number(process.env['HEADS'] ?? 1_000_000);
const SEED = Number(process.env['HEADS_SEED'] ?? Date.now() % 1_000_000);

/** The part of the heads that the fast path must take; otherwise there was little to compare. */
const LEAST_FAST = 0.2;

const PARTS = ['hints', 'line', 'headers', 'body', 'trailers', 'endsByItself'] as const;

/** One message, read by the fast path and, unless that left it to Node, by Node. */
type ReadBoth = (chance: Chance) => Difference | undefined;

function readRequest(chance: Chance): Difference | undefined {
  const { text, isForHead } = generateRequest(chance);
  const own = readRequestFast(text);
  if (isRefusal(own)) return undefined; // Node reads it, or the rest of it
  return compared(text, isForHead, own, readRequestByNode(Buffer.from(text, 'latin1')));
}

function readResponse(chance: Chance): Difference | undefined {
  const { text, isForHead } = generateResponse(chance);
  const cut = chance.onceIn(3) ? chance.below(text.length) : 0;
  const pieces = [text.slice(0, cut), text.slice(cut)].map((piece) => Buffer.from(piece, 'latin1'));
  const own = readResponseFast(pieces, isForHead);
  if (isRefusal(own) && own.refused === NOT_FAST) return undefined;
  return compared(text, isForHead, own, readResponseByNode(Buffer.from(text, 'latin1'), isForHead));
}

function compared(
  text: string,
  isForHead: boolean,
  own: Reading | Refusal,
  node: Reading | Refusal,
): Difference {
  return {
    text,
    isForHead,
    own,
    node,
    parts: isRefusal(own) || isRefusal(node) ? [] : partsThatDiffer(own, node),
  };
}

function partsThatDiffer(own: Reading, node: Reading): string[] {
  const parts: string[] = PARTS.filter((part) => JSON.stringify(own[part]) !== JSON.stringify(node[part]));
  if (own.isPersistent && !node.isPersistent) parts.push('isPersistent'); // the other way round costs a connection alone
  return parts;
}

function isAgreement({ own, node, parts }: Difference): boolean {
  return isRefusal(own) ? isRefusal(node) : !isRefusal(node) && parts.length === 0;
}

function check(t: TestContext, read: ReadBoth): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // most of what a refusal costs
  t.after(() => (Error.stackTraceLimit = stackTraceLimit));
  t.diagnostic(`HEADS_SEED=${SEED}`);
  const counts = new Map<string, number>();
  const count = HEADS / 2;
  let fast = 0;
  for (let at = 0; at < count; at += 1) {
    const both = read(new Chance(Math.imul(SEED + 1, 0x9e3779b1) + at));
    if (!both) continue;
    fast += 1;
    if (isAgreement(both)) continue;
    const allowed = allowedDifference(both);
    if (!allowed) assert.fail(`number ${at} of HEADS_SEED=${SEED}: ${JSON.stringify(both, undefined, 1)}`);
    counts.set(allowed.name, (counts.get(allowed.name) ?? 0) + 1);
  }
  for (const [name, times] of counts) t.diagnostic(`${times} differ as they are meant to: ${name}`);
  assert.ok(fast >= LEAST_FAST * count, `the fast path took ${fast} of ${count}`);
}

test('requests', (t) => check(t, readRequest));

test('responses, some of them in two pieces', (t) => check(t, readResponse));
