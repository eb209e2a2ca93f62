import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { logIn, startBrowser, visit } from '../support/browser.ts';
import { deploy, makeTalkerImage } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { Trace } from './trace.ts';

/** Prints figures of the browser's own trace. The assertions hold on a machine of any speed. */

const FLOOD_SECONDS = 10;
/** The flood comes in tenths of a second; the last of them. */
const LAST_PIECE = FLOOD_SECONDS * 10 - 1;

/** Notes each frame's distance from the one before, and how long a key took until the next paint. */
const WATCH = `
  window.frameGaps = [];
  window.keys = [];
  (function note(last) {
    requestAnimationFrame((now) => { frameGaps.push(now - last); note(now); });
  })(performance.now());
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === 'keydown') keys.push(duration);
  }).observe({ type: 'event', durationThreshold: 16 });`;

/** Serves one word: what any page takes in this browser on this machine. */
async function bareServer(t: TestContext): Promise<string> {
  const server = http.createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>bare</title><p>orders');
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the page is painted before it has asked anything of the API', async (t) => {
  const gateway = await startGateway(t);
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'orders', image: 'talker:1' });
  const browser = await startBrowser(t);
  const { page } = await visit(browser);
  await logIn(page, gateway);
  const bare = await bareServer(t);
  const paints: Record<'page' | 'bare', number[]> = { page: [], bare: [] };
  for (let round = 0; round < 5; round += 1) {
    for (const [name, address, seen] of [
      ['bare', `${bare}/?round=${round}`, page.getByText('orders')],
      ['page', `${gateway.url}/ui/?round=${round}`, page.getByRole('row', { name: /orders/ })],
    ] as const) {
      const { firstPaint } = await Trace.of(t, browser, page, async () => {
        await page.goto(address);
        await seen.waitFor();
        await page.waitForFunction(`performance.getEntriesByName('first-contentful-paint').length > 0`);
      });
      assert.ok(firstPaint !== undefined, 'the trace has it');
      paints[name].push(firstPaint);
    }
  }
  for (const [name, times] of Object.entries(paints))
    t.diagnostic(`first paint with content, ms, ${name}: ${times.map((ms) => Math.round(ms)).join(' ')}`);

  await page.route('**/system/**', () => undefined); // asked, and never answered
  await page.goto(`${gateway.url}/ui/?round=last`);
  await page.getByRole('heading', { name: 'Functions', level: 1 }).waitFor();
});

test('while ten thousand lines a second come, keys and buttons are answered', async (t) => {
  const gateway = await startGateway(t);
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'orders', image: 'talker:1' });
  const browser = await startBrowser(t);
  const { page } = await visit(browser);
  await logIn(page, gateway, '#/logs/orders.openfaas-fn');
  await gateway.request({ path: '/function/orders/say?text=first' });
  await page.locator('.log-line', { hasText: 'first' }).first().waitFor();
  const line = (pieces: string): Promise<void> =>
    page
      .locator('.log-line', { hasText: new RegExp(`flood ${pieces}\\.`) })
      .first()
      .waitFor();
  await page.evaluate(WATCH);
  const trace = await Trace.of(t, browser, page, async () => {
    await gateway.request({ path: `/function/orders/flood?rate=10000&seconds=${FLOOD_SECONDS}` });
    await line('(2|3)\\d');
    await page.getByLabel('Filter, or /pattern/i').press('7');
    await page.getByText(/of 20,000 lines/).waitFor();
    await page.getByLabel('Filter, or /pattern/i').press('Backspace');
    await page.getByText(/^20,000 lines/).waitFor();
    await line(String(LAST_PIECE)); // so that it went on meanwhile
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: /^Resume/ }).waitFor();
  });
  const gaps = (await page.evaluate('frameGaps')) as number[];
  const keys = (await page.evaluate('keys')) as number[];
  const missed = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round((gap * 60) / 1000) - 1), 0);
  const long = trace.tasks.filter((ms) => ms > 50);
  t.diagnostic(
    `frames: ${gaps.length} drawn, ${missed} missed of 60 a second, longest gap ${Math.round(Math.max(...gaps))} ms`,
  );
  t.diagnostic(
    `tasks of the page: longest ${Math.round(trace.tasks[0] ?? 0)} ms, ${long.length} over 50 ms, ${Math.round(trace.tasks.reduce((sum, ms) => sum + ms, 0))} ms in all`,
  );
  t.diagnostic(`keys until the next paint, ms: ${keys.join(' ') || 'below 16'}`);
  t.diagnostic(await page.locator('.log-tally').innerText());
  assert.ok(gaps.length > 10 * FLOOD_SECONDS, `it was drawn ${gaps.length} times`);
  assert.ok((await page.locator('.log-line').count()) < 100, 'what is seen alone is drawn');
});
