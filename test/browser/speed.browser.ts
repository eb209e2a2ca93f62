import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { logIn, startBrowser, visit } from '../support/browser.ts';
import { makeFolder } from '../support/folder.ts';
import { deploy, makeTalkerImage } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';

/** Figures of the browser's own trace. They are told; what is asserted holds on a machine of any speed. */

interface TraceEvent {
  readonly name: string;
  readonly ts: number;
  readonly dur?: number;
  readonly args?: {
    readonly data?: { readonly navigationId?: string; readonly isLoadingMainFrame?: boolean };
  };
}

test('the page is painted before it has asked anything of the API', async (t) => {
  const gateway = await startGateway(t);
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'orders', image: 'talker:1' });
  const browser = await startBrowser(t);
  const { page } = await visit(browser);
  await logIn(page, gateway);
  const file = path.join(makeFolder(t), 'trace.json');
  const paints: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await browser.startTracing(page, { path: file, screenshots: false });
    await page.goto(`${gateway.url}/ui/?round=${round}`);
    await page.getByRole('row', { name: /orders/ }).waitFor();
    await browser.stopTracing();
    const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: TraceEvent[] };
    const begin = traceEvents.find(
      ({ name, args }) => name === 'navigationStart' && args?.data?.isLoadingMainFrame === true,
    );
    const paint = traceEvents.find(({ name }) => name === 'firstContentfulPaint');
    assert.ok(begin && paint, 'the trace has both');
    paints.push((paint.ts - begin.ts) / 1000);
  }
  t.diagnostic(`first paint with content, ms: ${paints.map((ms) => Math.round(ms)).join(' ')}`);

  await page.route('**/system/**', () => undefined); // asked, and never answered
  await page.goto(`${gateway.url}/ui/?round=last`);
  await page.getByRole('heading', { name: 'Functions', level: 1 }).waitFor();
});

test('ten thousand lines a second do not freeze it', async (t) => {
  const gateway = await startGateway(t);
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'orders', image: 'talker:1' });
  const browser = await startBrowser(t);
  const { page } = await visit(browser);
  await logIn(page, gateway, '#/logs/orders.openfaas-fn');
  await gateway.request({ path: '/function/orders/say?text=first' });
  await page.locator('.log-line', { hasText: 'first' }).first().waitFor();
  const file = path.join(makeFolder(t), 'trace.json');
  await browser.startTracing(page, { path: file, screenshots: false });
  await page.evaluate(`
    window.frames_ = [];
    (function note(last) { requestAnimationFrame((now) => { frames_.push(now - last); note(now); }); })(performance.now())`);
  await gateway.request({ path: '/function/orders/flood?rate=10000&seconds=5' });
  await page
    .locator('.log-line', { hasText: /flood 49\./ })
    .first()
    .waitFor();
  // what one does meanwhile is done
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: /^Resume/ }).waitFor();
  const gaps = (await page.evaluate('frames_')) as number[];
  await browser.stopTracing();
  const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: TraceEvent[] };
  const tasks = traceEvents
    .filter(({ name, dur = 0 }) => name === 'RunTask' && dur > 50_000)
    .map(({ dur = 0 }) => Math.round(dur / 1000));
  t.diagnostic(
    `frames: ${gaps.length}, longest gap ${Math.round(Math.max(...gaps))} ms; tasks over 50 ms: ${tasks.length}, longest ${Math.max(0, ...tasks)} ms`,
  );
  const lines = await page.locator('.log-tally').innerText();
  t.diagnostic(lines);
  assert.ok(gaps.length > 50, `it was drawn ${gaps.length} times in five seconds`);
  assert.ok((await page.locator('.log-line').count()) < 100, 'what is seen alone is drawn');
});
