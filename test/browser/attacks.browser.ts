import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logIn, startBrowser, visit } from '../support/browser.ts';
import { deploy, makeTalkerImage } from '../support/local-image.ts';
import { startBeforeProvider, startGateway } from '../support/of-gateway.ts';

/** Everything that functions and their authors write is shown as text, never run. */

const MARKUP = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';

test('markup in images, notes, labels, variables and lines is text', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const deployment = {
    service: 'f',
    namespace: 'openfaas-fn',
    image: MARKUP,
    labels: { [MARKUP]: MARKUP },
    annotations: { topic: 'cron-function', schedule: '* * * * *', note: MARKUP },
    envVars: { x: MARKUP },
    notes: [MARKUP, `> ${MARKUP}`],
  };
  provider.functions.set('f.openfaas-fn', { deployment, replicas: 1, available: 0 });
  provider.functions.set('g.openfaas-fn', {
    deployment: { service: MARKUP, namespace: 'openfaas-fn', image: 'javascript:alert(1)' },
    replicas: 1,
    available: 1,
  });
  const timestamp = new Date().toISOString();
  provider.logLines.push({ name: 'f', namespace: 'openfaas-fn', instance: MARKUP, timestamp, text: MARKUP });
  const { page, complaints } = await visit(await startBrowser(t));
  await logIn(page, gateway);
  for (const [hash, shown] of [
    ['#/functions', 'f'],
    ['#/function/f.openfaas-fn', 'Deployed'],
    ['#/logs/f.openfaas-fn', 'onerror'],
    ['#/deploy/f.openfaas-fn', 'Edit'],
    ['#/schedules', 'Schedules'],
    [`#/function/${encodeURIComponent(MARKUP)}`, 'There is no function'],
    [`#/invoke/${encodeURIComponent(MARKUP)}`, 'Headers'],
    [`#/%E0%A4%A`, 'Functions'],
  ] as const) {
    await page.goto(`${gateway.url}/ui/${hash}`);
    await page.getByText(shown).filter({ visible: true }).first().waitFor();
    assert.equal(await page.locator('#app img, #app script').count(), 0, hash);
    assert.notEqual(await page.title(), 'owned', hash);
  }
  assert.deepEqual(complaints, []);
});

test('sequences of terminals colour a line, and do nothing else', async (t) => {
  const gateway = await startGateway(t);
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'f', image: 'talker:1' });
  const { page } = await visit(await startBrowser(t));
  await logIn(page, gateway, '#/logs/f.openfaas-fn');
  const text = `\u001B]0;owned\u0007\u001B[2J\u001B[H\u001B[1;31m${MARKUP}\u001B[0m\u001B[8mhidden\u001B[999999999m \u202Eturned\u0008\u0000end`;
  await gateway.request({ path: `/function/f/say?text=${encodeURIComponent(text)}` });
  const line = page.locator('.log-line', { hasText: 'end' }).first();
  await line.waitFor();
  const shown = await line.locator('.log-text').innerText();
  assert.equal(shown.trim(), `${MARKUP}hidden turnedend`);
  assert.equal(await line.locator('.a-bold.a-1').count(), 1);
  assert.equal(await page.locator('#app img').count(), 0);
});

test('an answer in HTML is shown as text, and a function’s page gets no cookie and no frame of this one', async (t) => {
  const gateway = await startGateway(t);
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'f', image: 'talker:1' });
  const { page } = await visit(await startBrowser(t));
  await logIn(page, gateway, '#/invoke/f.openfaas-fn');
  await page.getByLabel('Path and query').fill(`/html?text=${encodeURIComponent(MARKUP)}`);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.answer-body', { hasText: 'onerror' }).waitFor();
  assert.equal(await page.locator('#app img').count(), 0);

  const frame = `<iframe src="/ui/"></iframe><p>loaded</p>`;
  await page.goto(`${gateway.url}/function/f/html?text=${encodeURIComponent(frame)}`);
  await page.getByText('loaded').waitFor();
  assert.equal(await page.evaluate('document.cookie'), '');
  const framed = await page.evaluate(
    `new Promise((resolve) => setTimeout(() => { try { resolve(frames[0].document.querySelector('#app') !== null) } catch { resolve(false) } }, 500))`,
  );
  assert.equal(framed, false);
  const changed = await page.evaluate(
    `fetch('/system/functions', { method: 'DELETE', body: '{"functionName":"f"}' }).then((answer) => answer.status)`,
  );
  assert.equal(changed, 403, 'a change without the token');
});
