import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Project } from './project.ts';
import { until } from '../support/wait.ts';

/** `ofkit async` and `ofkit cron`: the calls that the gateway makes later, and by the clock. */

/** Answers with the status that its body says; to `wait` not at all. */
const HANDLER = `
module.exports = async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  if (body === 'wait') await new Promise(() => undefined);
  response.statusCode = Number(body) || 200;
  return body;
};
`;

interface Call {
  readonly callId: string;
  readonly state: string;
  readonly lastStatus?: number;
}

async function running(t: TestContext, lines: string) {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: `lang: plain\n${lines}` });
  await project.write('one/handler.js', HANDLER);
  const up = await project.ofkit(['up', '-d', '--port', '0', '--json']);
  assert.equal(up.status, 0, up.stderr);
  const { gateway } = JSON.parse(up.stdout) as { gateway: string };
  const submit = async (body: string): Promise<string> => {
    const answer = await fetch(`${gateway}/async-function/one`, { method: 'POST', body });
    assert.equal(answer.status, 202);
    return answer.headers.get('x-call-id') ?? '';
  };
  const calls = async (...args: string[]): Promise<Call[]> =>
    JSON.parse((await project.ofkit(['async', 'list', '--json', ...args])).stdout) as Call[];
  const untilCall = (id: string, state: string): Promise<Call> =>
    until(
      async () => (await calls('--state', state)).find(({ callId }) => callId === id),
      `the call ${id} to be ${state}`,
    );
  return { project, submit, calls, untilCall };
}

test('async tells of calls, replays a dead one with another body, and ends one that runs', async (t) => {
  const { project, submit, calls, untilCall } = await running(
    t,
    "annotations:\n  com.openfaas.retry.attempts: '1'",
  );
  const well = await submit('200');
  await untilCall(well, 'done');
  const shown = await project.ofkit(['async', 'show', well]);
  assert.match(shown.stdout, new RegExp(`^Call: +${well}\\nFunction: +one\\n[^]*\\nLast status: +200\\n`));
  const failing = await submit('500');
  assert.equal((await untilCall(failing, 'dead')).lastStatus, 500);
  const table = await project.ofkit(['async', 'list']);
  assert.match(
    table.stdout,
    new RegExp(`^CALL .*SUBMITTED\\n${failing} one +dead +1 +500 .*\\n${well} one +done `),
  );
  assert.equal((await project.ofkit(['async', 'replay', failing, '--body', '201'])).status, 0);
  assert.equal((await untilCall(failing, 'done')).lastStatus, 201);
  const alive = await project.ofkit(['async', 'replay', well]);
  assert.deepEqual([alive.status, alive.stderr.includes(well)], [5, true], alive.stderr);

  const endless = await submit('wait');
  await untilCall(endless, 'running');
  const cancelled = await project.ofkit(['async', 'cancel', endless]);
  assert.equal(cancelled.stdout, `${endless}: cancelled\n`);
  await untilCall(endless, 'cancelled');
  assert.equal((await calls('--function', 'one', '--limit', '2')).length, 2);
  assert.equal((await project.ofkit(['async', 'show', 'no-such-call'])).status, 3);
  assert.equal((await project.ofkit(['async', 'list', '--state', 'lost'])).status, 2);
});

test('cron lists the next times, and runs a function at once', async (t) => {
  const { project } = await running(t, "annotations:\n  topic: cron-function\n  schedule: '0 4 1 1 *'");
  const listed = await until(async () => {
    const { stdout } = await project.ofkit(['cron', 'list']);
    return stdout.includes('one') && stdout;
  }, 'the schedule');
  assert.match(listed, /^FUNCTION SCHEDULE +NEXT +LAST STATUS\none +0 4 1 1 \* \d{4}-01-01T0.*Z - +-\n$/);
  const run = await project.ofkit(['cron', 'run', 'one']);
  assert.deepEqual([run.status, run.stdout], [0, 'one: answered 200\n'], run.stderr);
  assert.equal((await project.ofkit(['cron', 'run', 'two'])).status, 3);
});
