import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWatchdog } from '../support/watchdog.ts';

/** `printf '[%s]'` shows each argument between brackets. */
const COMMANDS: readonly (readonly [fprocess: string, output: string])[] = [
  ['printf [%s] a b', '[a][b]'],
  ["printf [%s] 'a b' c", '[a b][c]'],
  ['printf [%s] "a b" c', '[a b][c]'],
  [String.raw`printf [%s] a\ b "c\"d"`, '[a b][c"d]'],
  ["printf [%s] ''", '[]'],
  ["printf [%s] a'b c'd", '[ab cd]'],
  ['  printf   [%s]   a  ', '[a]'],
  ["sh -c 'echo $0 one; echo two' name", 'name one\ntwo\n'],
  ['printf [%s] $HOME | ; > x & *', '[$HOME][|][;][>][x][&][*]'],
  ['printf [%s] ünïcödé', '[ünïcödé]'],
  ['printf [%s] #no-comment', '[#no-comment]'],
];

describe('fprocess is split as a shell splits it, and nothing is expanded', { concurrency: 3 }, () => {
  for (const [fprocess, output] of COMMANDS) {
    test(fprocess, async (t) => {
      const watchdog = await startWatchdog(t, { fprocess });
      const answer = await watchdog.request();
      assert.equal(answer.text, output);
      assert.equal(answer.status, 200);
    });
  }
});
