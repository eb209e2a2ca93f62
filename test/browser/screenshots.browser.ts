import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { logIn, startBrowser, visit } from '../support/browser.ts';
import { startGateway } from '../support/of-gateway.ts';
import { play, startStage } from './stage.ts';

/**
 * Compares a picture of each page roughly with the one in docs/ui: a blank or wrong page fails. `npm run screenshots`
 * writes them again.
 */

const FOLDER = path.resolve(import.meta.dirname, '../../docs/ui');
const IS_UPDATE = process.env['UPDATE_SCREENSHOTS'] === 'true';

/** Of 255, over all points of a small picture: a blank page is some 20 off, another page some 10. */
const FARTHEST = 9;
/** How far apart the light and the dark of a picture that shows something are at least. */
const LEAST_SPREAD = 6;

/** How two pictures differ, and how much there is in the first, of both drawn small. */
const COMPARE = `async ([now, before]) => {
  const points = async (data) => {
    const image = new Image();
    image.src = data;
    await image.decode();
    const canvas = new OffscreenCanvas(64, 40);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, 64, 40);
    return context.getImageData(0, 0, 64, 40).data.filter((_, at) => at % 4 < 3);
  };
  const [a, b] = await Promise.all([points(now), points(before)]);
  const mean = a.reduce((sum, value) => sum + value, 0) / a.length;
  const spread = Math.sqrt(a.reduce((sum, value) => sum + (value - mean) ** 2, 0) / a.length);
  const distance = a.reduce((sum, value, at) => sum + Math.abs(value - b[at]), 0) / a.length;
  return { distance, spread };
}`;

async function hold(browser: Browser, page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  const file = path.join(FOLDER, `${name}.webp`);
  if (IS_UPDATE) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }
  assert.ok(existsSync(file), `${file} is missing: npm run screenshots`);
  const blank = await browser.newPage();
  const urls = [data, readFileSync(file).toString('base64')].map((text) => `data:image/webp;base64,${text}`);
  const { distance, spread } = (await blank.evaluate(`(${COMPARE})(${JSON.stringify(urls)})`)) as Record<
    'distance' | 'spread',
    number
  >;
  await blank.close();
  assert.ok(spread > LEAST_SPREAD, `${name} shows nothing (${spread.toFixed(1)})`);
  assert.ok(distance < FARTHEST, `${name} is ${distance.toFixed(1)} off docs/ui: npm run screenshots`);
}

test('each page looks as in docs/ui', async (t) => {
  const browser = await startBrowser(t);
  const bare = await startGateway(t);
  const guest = await visit(browser, { width: 1280, height: 760 });
  await guest.page.goto(`${bare.url}/ui/`);
  await guest.page.getByLabel('Password').waitFor();
  await hold(browser, guest.page, 'login');
  await logIn(guest.page, bare);
  await guest.page.getByText('No function is here yet').waitFor();
  await hold(browser, guest.page, 'first-visit');

  const gateway = await startStage(t);
  const light = await visit(browser, { width: 1280, height: 800 });
  const dark = await visit(browser, { width: 1280, height: 860, colorScheme: 'dark' });
  const phone = await visit(browser, { width: 390, height: 780 });
  const chinese = await visit(browser, { width: 1280, height: 800, locale: 'zh-CN' });
  for (const { page } of [light, dark, phone]) await logIn(page, gateway);
  await chinese.context.addCookies(await light.context.cookies());
  await chinese.page.goto(`${gateway.url}/ui/`);
  await play(gateway, IS_UPDATE ? 75_000 : 12_000);
  const playing = play(gateway, 30_000);
  const { page } = light;
  await page.bringToFront();
  await page.mouse.move(640, 760);
  await page.waitForTimeout(1500);
  await hold(browser, page, 'functions');
  await dark.page.bringToFront();
  await dark.page.goto(`${gateway.url}/ui/#/function/orders.openfaas-fn`);
  await dark.page.locator('.graph canvas').first().waitFor();
  await dark.page.waitForTimeout(6000);
  await hold(browser, dark.page, 'function');
  await phone.page.bringToFront();
  await phone.page.getByRole('row', { name: /importer/ }).waitFor();
  await hold(browser, phone.page, 'phone');
  await chinese.page.bringToFront();
  await chinese.page.getByRole('heading', { name: '函数', level: 1 }).waitFor();
  await chinese.page.waitForTimeout(1500);
  await hold(browser, chinese.page, 'chinese');

  await page.bringToFront();
  await page.goto(`${gateway.url}/ui/#/logs/checkout.openfaas-fn`);
  await page.locator('.log-line').nth(20).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.log-line').nth(18).click();
  await page.locator('.log-detail').waitFor();
  await hold(browser, page, 'logs');
  await playing;

  await page.goto(`${gateway.url}/ui/#/invoke/orders.openfaas-fn`);
  await page.getByLabel('Path and query').fill('/buy?express=1');
  await page.getByRole('button', { name: 'JSON' }).click();
  await page.getByLabel('Body').fill('{\n  "item": "pear",\n  "count": 2\n}');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.answer .status', { hasText: '200' }).waitFor();
  await hold(browser, page, 'invoke');

  for (const [path, id] of [
    ['mailer', 'a1c9d2e4-0001'],
    ['mailer/status?code=500', 'b7f0a3c2-0002'],
    ['thumbnails?ms=30000', 'c3d8e1f5-0003'],
    ['checkout', 'd94b7a60-0004'],
  ] as const)
    await gateway.request({
      method: 'POST',
      path: `/async-function/${path}`,
      headers: { 'x-call-id': id },
      body: '{"item":"pear"}',
    });
  await page.goto(`${gateway.url}/ui/#/async`);
  await page.getByRole('row', { name: /Dead/ }).waitFor();
  await page.getByRole('row', { name: /Done.*checkout/ }).waitFor();
  await hold(browser, page, 'async');
  await page.goto(`${gateway.url}/ui/#/schedules`);
  await page.getByText('CRON_TZ=Europe/Berlin').waitFor();
  await hold(browser, page, 'schedules');
  await page.goto(`${gateway.url}/ui/#/secrets`);
  await page.getByRole('row', { name: /payment-key/ }).waitFor();
  await hold(browser, page, 'secrets');
  await page.goto(`${gateway.url}/ui/#/deploy/mailer.openfaas-fn`);
  await page.getByLabel('Environment').waitFor();
  await hold(browser, page, 'deploy');
});
