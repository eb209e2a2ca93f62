import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { execaCommand } from 'execa';
import type { Locator, Page } from 'playwright-core';
import { logIn, startBrowser, visit, type Visit } from '../support/browser.ts';
import { deploy, makeTalkerImage } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';

/** Calls: by hand, for later, and by the clock. */

const ends: (() => unknown)[] = [];
const owner = { after: (end: () => unknown) => void ends.unshift(end) } as Parameters<typeof startBrowser>[0];

let gateway: OfGateway;
let seen: Visit;
let page: Page;

before(async () => {
  gateway = await startGateway(owner);
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'orders', image: 'talker:1' });
  const annotations = { topic: 'cron-function', schedule: '0 3 * * *' };
  await deploy(gateway, { service: 'mailer', image: 'talker:1', annotations });
  seen = await visit(await startBrowser(owner));
  ({ page } = seen);
  await logIn(page, gateway);
  await page.getByRole('row', { name: /mailer.*Ready/ }).waitFor();
});

after(async () => {
  for (const end of ends) await end();
});

async function goTo(hash: string): Promise<void> {
  await page.goto(`${gateway.url}/ui/${hash}`);
}

describe('calls', () => {
  test('calls a function, keeps the calls, and gives them as commands that do the same', async () => {
    await goTo('#/invoke/orders.openfaas-fn');
    await page.getByLabel('Path and query').fill('/buy?now=1');
    await page.getByRole('button', { name: 'JSON' }).click();
    await page.getByLabel('Body').fill('{"item": ');
    await page.getByText(/Not JSON/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled());
    await page.getByLabel('Body').fill('{"item":"pear"}');
    await page.getByRole('button', { name: 'Format' }).click();
    await page.getByLabel('Headers').fill("X-Note: it's mine");
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.answer .status', { hasText: '200' }).waitFor();
    const answer = await page.locator('.answer-body').innerText();
    assert.match(answer, /"path": "\/buy\?now=1"/);
    assert.match(answer, /"x-note": "it's mine"/);
    assert.ok(!/of-session/.test(answer), 'no cookie of the gateway reaches a function');
    await page.locator('.past li').first().waitFor();
    await page.reload();
    assert.equal(
      await page.getByLabel('Path and query').inputValue(),
      '/buy?now=1',
      'the last call is there again',
    );

    await seen.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    const command = String(await page.evaluate('navigator.clipboard.readText()'));
    const { stdout } = await execaCommand(command, { shell: true });
    assert.match(stdout, /"x-note":"it's mine"/);
    assert.match(stdout, /200 OK/);

    await page.getByLabel('Path and query').fill('/status?code=503');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.answer .status.bad', { hasText: '503' }).waitFor();
  });

  test('queues a call, shows what becomes of it, and replays a dead one with another body', async () => {
    await deploy(gateway, {
      service: 'flaky',
      image: 'talker:1',
      annotations: { 'com.openfaas.retry.attempts': '1' },
    });
    await goTo('#/invoke/flaky.openfaas-fn');
    await page.getByRole('button', { name: 'Later (async)' }).click();
    await page.getByLabel('Path and query').fill('/status?code=500');
    await page.getByLabel('Body').fill('{"item":"pear"}');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.answer .status', { hasText: '202' }).waitFor();
    await page.getByRole('link', { name: 'Async calls' }).click();
    const row = page.getByRole('row', { name: /Dead.*flaky/ });
    await row.waitFor();
    await row.getByRole('button', { name: 'Replay' }).click();
    const body = page.getByRole('dialog').getByLabel('Body');
    await page.getByText('This is the original body').waitFor();
    assert.equal(await body.inputValue(), '{"item":"pear"}');
    await body.fill('another body');
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('The call is queued again').waitFor();
    await row.getByRole('button', { name: 'Replay' }).click();
    await page.getByText('This is the original body').waitFor();
    assert.equal(await body.inputValue(), 'another body');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await gateway.request({
      method: 'POST',
      path: '/async-function/flaky?ms=60000',
      headers: { 'x-call-id': 'cancel-me' },
    });
    const running = page.getByRole('row', { name: /Running.*cancel-m/ });
    await running.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('row', { name: /Cancelled.*cancel-m/ }).waitFor();
    await page.getByRole('group').getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'No queued call' }).waitFor();
  });

  test('leaves a body that is no text, or has other line ends, as it was', async () => {
    const bodies = {
      binary: Buffer.from([0xff, 0, 0x80, 0x0a]),
      lines: Buffer.from('one\r\ntwo\r\n'),
      large: Buffer.alloc(300_000, 'x'),
    };
    for (const [id, body] of Object.entries(bodies)) {
      const path = '/async-function/flaky/status?code=500';
      await gateway.request({ method: 'POST', path, headers: { 'x-call-id': id }, body });
    }
    await goTo('#/async');
    await page.getByRole('group').getByRole('button', { name: 'Dead' }).click();
    const had = async (id: string): Promise<Buffer> =>
      (await gateway.api('GET', `/system/async/${id}/body`)).body;
    const submitted = async (id: string): Promise<string> => {
      const told = JSON.parse((await gateway.api('GET', `/system/async/${id}`)).text) as Record<
        string,
        string
      >;
      return told['state'] === 'dead' ? (told['submittedAt'] ?? '') : '';
    };
    const replay = async (id: string, change: (field: Locator) => Promise<void>): Promise<void> => {
      await page
        .getByRole('row', { name: new RegExp(`Dead.*${id}`) })
        .getByRole('button')
        .click();
      const before = await submitted(id);
      const field = page.getByRole('dialog').getByLabel('Body');
      const hint =
        { binary: 'is not text', lines: 'This is the original body', large: 'is too large' }[id] ?? '';
      await page.getByText(hint).waitFor();
      await change(field);
      await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      const isAgain = async (): Promise<boolean> => !['', before].includes(await submitted(id));
      await until(isAgain, `the replay of ${id} to be dead`);
    };
    for (const [id, body] of Object.entries(bodies)) {
      await replay(id, async () => {});
      assert.ok((await had(id)).equals(body), id);
    }
    await replay('lines', (field) => field.fill('one\nthree\n'));
    assert.equal(String(await had('lines')), 'one\r\nthree\r\n');
    await replay('lines', (field) => field.fill(''));
    assert.equal(String(await had('lines')), '');
  });

  test('shows schedules, and runs one now', async () => {
    await page.getByRole('link', { name: 'Schedules' }).click();
    await page.getByText('0 3 * * *').waitFor();
    assert.equal(await page.locator('.times li').count(), 5);
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByText('mailer.openfaas-fn answered 200').waitFor();
  });

  test('complained of nothing in all of this', () => {
    assert.deepEqual(seen.complaints, []);
  });
});
