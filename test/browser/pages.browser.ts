import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { logIn, startBrowser, visit, type Visit } from '../support/browser.ts';
import { removeFolder } from '../support/folder.ts';
import { deploy, makeTalkerImage, statusOf } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';

/** The use of each page, step by step as a user does it. */

const ends: (() => unknown)[] = [];
const owner = { after: (end: () => unknown) => void ends.unshift(end) } as Parameters<typeof startBrowser>[0];

let gateway: OfGateway;
let browser: Browser;
let seen: Visit;
let page: Page;

before(async () => {
  gateway = await startGateway(owner);
  makeTalkerImage(gateway.folder, 'talker:1');
  browser = await startBrowser(owner);
  seen = await visit(browser);
  ({ page } = seen);
  await logIn(page, gateway);
});

after(async () => {
  for (const end of ends) await end();
});

async function goTo(hash: string): Promise<void> {
  await page.goto(`${gateway.url}/ui/${hash}`);
}

function heading(name: string): Promise<void> {
  return page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

describe('the page', () => {
  test('tells at a first visit what to do, and shows a function as soon as it is there', async () => {
    await page.getByRole('heading', { name: 'No function is here yet' }).waitFor();
    assert.ok(await page.getByText('ofkit up --detach').isVisible());
    await deploy(gateway, { service: 'orders', image: 'talker:1' });
    await page.getByRole('row', { name: /orders.*Ready/ }).waitFor();
  });

  test('deploys from an image, and finds by name', async () => {
    await page.getByRole('link', { name: 'Deploy a function' }).click();
    await heading('Deploy a function');
    await page.getByLabel('Image', { exact: false }).first().fill('talker:1');
    await page.getByRole('textbox', { name: 'Name', exact: false }).first().fill('mailer');
    await page.getByLabel('Environment').fill('log_level=info\nSMTP_PASSWORD=hunter2');
    await page.getByLabel('Labels').fill('team=shop');
    await page.getByLabel('Annotations').fill('topic=cron-function\nschedule=0 3 * * *');
    await page.getByRole('button', { name: 'Deploy a function' }).click();
    await heading('mailer');
    await page.getByRole('link', { name: 'Functions' }).first().click();
    await page.getByRole('row', { name: /mailer.*Ready/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('mail');
    await page.getByRole('row', { name: /orders/ }).waitFor({ state: 'detached' });
    await page.getByLabel('Search functions').fill('nothing of the kind');
    await page.getByText('Nothing matches “nothing of the kind”').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('row', { name: /orders/ }).waitFor();
  });

  test('shows a function: its graphs, its instances, and no secret of its environment', async () => {
    await page.getByRole('link', { name: 'mailer' }).click();
    await heading('mailer');
    assert.equal(await page.getByRole('figure').count(), 6);
    await page.locator('.graph canvas').first().waitFor();
    await page.getByRole('cell', { name: 'Idle' }).waitFor();
    assert.equal(await page.getByText('hunter2').count(), 0);
    await page.getByRole('button', { name: 'Show values' }).click();
    await page.getByText('hunter2').waitFor();
    assert.ok(await page.getByText('upstream_timeout').isVisible());
    for (const window of ['1 h', '24 h', '5 min']) await page.getByRole('button', { name: window }).click();
  });

  test('scales, edits and deletes, the last with the name typed', async () => {
    await page.getByRole('button', { name: 'Scale' }).click();
    await page.getByLabel('Replicas').fill('2');
    await page.getByRole('dialog').getByRole('button', { name: 'Scale' }).click();
    await page.getByText('2 of 2 ready').waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await heading('Edit mailer.openfaas-fn');
    await page.getByLabel('Environment').fill('log_level=debug');
    await page.getByRole('button', { name: 'Deploy the change' }).click();
    await heading('mailer');
    await until(
      async () => ((await statusOf(gateway, 'mailer')) as { envVars?: object }).envVars,
      'the change',
    );
    const { envVars, annotations } = (await statusOf(gateway, 'mailer')) as Record<
      string,
      Record<string, string>
    >;
    assert.deepEqual(envVars, { log_level: 'debug' });
    assert.equal(annotations?.['schedule'], '0 3 * * *');
    await goTo('#/functions');
    await deploy(gateway, { service: 'unwanted', image: 'talker:1' });
    await page.getByRole('link', { name: 'unwanted' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Delete' });
    assert.ok(await confirm.isDisabled());
    await dialog.getByLabel('Type unwanted to delete it').fill('unwanted');
    await confirm.click();
    await heading('Functions');
    await page.getByRole('row', { name: /unwanted/ }).waitFor({ state: 'detached' });
  });

  test('follows lines: colours, a filter, JSON opened, and a pause that loses none', async () => {
    await goTo('#/logs/orders.openfaas-fn');
    const say = (text: string): Promise<unknown> =>
      gateway.request({ path: `/function/orders/say?text=${encodeURIComponent(text)}` });
    await say('\u001B[31mred\u001B[0m and plain');
    await page.locator('.log-text .a-1', { hasText: 'red' }).waitFor();
    await say('{"level":"warn","message":"low stock"}');
    await page.locator('.log-line', { hasText: 'low stock' }).click();
    await page.locator('.log-detail pre', { hasText: '"level": "warn"' }).waitFor();
    await page.locator('.log-detail').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await say('while it was paused');
    const resume = page.getByRole('button', { name: /^Resume \([1-9]/ });
    await resume.waitFor();
    assert.equal(await page.locator('.log-line', { hasText: 'while it was paused' }).count(), 0);
    await resume.click();
    await page.locator('.log-line', { hasText: 'while it was paused' }).first().waitFor();
    await page.getByLabel('Filter, or /pattern/i').fill('/^red/');
    await page.locator('.log-line', { hasText: 'low stock' }).waitFor({ state: 'detached' });
    await page.locator('.log-line', { hasText: 'red and plain' }).waitFor();
    await page.getByLabel('Filter, or /pattern/i').fill('/(/');
    assert.equal(await page.getByLabel('Filter, or /pattern/i').getAttribute('aria-invalid'), 'true');
  });

  test('stays at the end of lines that come, or where one has scrolled to', async () => {
    await page.reload(); // without the filter of before
    const log = page.getByRole('log');
    const follow = page.getByRole('button', { name: 'Newest' });
    const flood = (): Promise<unknown> =>
      gateway.request({ path: '/function/orders/flood?rate=1000&seconds=1' });
    const last = page.locator('.log-line', { hasText: 'flood 9.99 ' }).last();
    const isSeen = (): Promise<boolean> =>
      last.evaluate((line) => {
        const box = line.closest('.log')?.getBoundingClientRect();
        return box !== undefined && line.getBoundingClientRect().bottom <= box.bottom;
      });
    await flood();
    await until(async () => (await last.count()) > 0 && isSeen(), 'the last line');

    await log.hover();
    await page.mouse.wheel(0, -2000);
    await page.locator('button[aria-pressed=false]', { hasText: 'Newest' }).waitFor();
    const place = await log.evaluate((box) => box.scrollTop);
    await flood();
    await page.locator('.log-tally', { hasText: /^2,0/ }).waitFor();
    assert.equal(await log.evaluate((box) => box.scrollTop), place);
    await page.mouse.wheel(0, 1_000_000);
    await page.locator('button[aria-pressed=true]', { hasText: 'Newest' }).waitFor();
    await until(async () => (await last.count()) > 0 && isSeen(), 'the last line again');
    await follow.click();
    await follow.click();
    await until(isSeen, 'the end, as it is followed again');
  });

  test('makes, replaces and deletes secrets, and never shows a value', async () => {
    await page.getByRole('link', { name: 'Secrets' }).click();
    await page.getByRole('heading', { name: 'No secret' }).waitFor();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Create secret' }).click();
    await dialog.getByLabel('Name', { exact: false }).first().fill('api-key');
    await dialog.getByLabel('Value').fill('s3cr3t');
    await dialog.getByRole('button', { name: 'Create secret' }).click();
    const row = page.getByRole('row', { name: /api-key/ });
    await row.waitFor();
    await row.getByRole('button', { name: 'Replace value' }).click();
    await dialog.getByLabel('Value').fill('another');
    await dialog.getByRole('button', { name: 'Replace value' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.getByText(/s3cr3t|another/).count(), 0);
    await row.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'No secret' }).waitFor();
  });

  test('deploys from an index of functions', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'watchdog-test-'));
    t.after(() => removeFolder(folder));
    const file = path.join(folder, 'functions.json');
    const icon = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg"/>')}`;
    const functions = [
      { title: 'Figlet', name: 'figlet', description: 'Letters', images: { x86_64: 'talker:1' }, icon },
      {
        title: 'Other',
        name: 'other',
        images: { x86_64: 'other:1' },
        icon: 'https://elsewhere.example/x.png',
      },
    ];
    writeFileSync(file, JSON.stringify({ version: '0.2.0', functions }));
    await goTo('#/deploy');
    await page.getByRole('button', { name: 'From an index' }).click();
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('Letters').waitFor();
    assert.equal(await page.locator('img').count(), 1, 'no picture from elsewhere');
    await page.getByRole('listitem').filter({ hasText: 'Figlet' }).getByRole('button').click();
    await page.getByRole('button', { name: 'Deploy a function' }).click();
    await heading('figlet');
    await page.getByText('1 of 1 ready').waitFor();
  });

  test('tells of settings without an effect after a deployment, and when another one is made', async () => {
    await goTo('#/deploy');
    await page.getByLabel('Image', { exact: false }).first().fill('talker:1');
    await page.getByRole('textbox', { name: 'Name', exact: false }).first().fill('careless');
    await page.getByLabel('Labels').fill('com.openfaas.scale.min=many');
    await page.getByRole('button', { name: 'Deploy a function' }).click();
    await heading('careless');
    await page.locator('.notes', { hasText: 'com.openfaas.scale.min' }).waitFor();
    const body = { service: 'careless', image: 'talker:1', labels: { 'com.openfaas.scale.max': 'few' } };
    await gateway.api('PUT', '/system/functions', { body });
    await page.locator('.notes', { hasText: 'com.openfaas.scale.max' }).waitFor();
    await page.locator('.notes', { hasText: 'com.openfaas.scale.min' }).waitFor({ state: 'detached' });
    await gateway.api('PUT', '/system/functions', { body: { ...body, labels: {} } });
    await page.locator('.notes').waitFor({ state: 'detached' });
    await gateway.api('DELETE', '/system/functions', { body: { functionName: 'careless' } });
    await goTo('#/functions');
  });

  test('speaks Chinese, and keeps the colours that one has chosen', async () => {
    await page.getByLabel('Language').selectOption('zh');
    await heading('函数');
    assert.equal(await page.evaluate('document.documentElement.lang'), 'zh-CN');
    await page.getByRole('button', { name: /配色/ }).click();
    await page.getByRole('button', { name: /配色/ }).click();
    await page.reload();
    await heading('函数');
    assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark');
    await page.getByLabel('语言').selectOption('en');
  });

  test('is worked by the keyboard alone', async () => {
    await goTo('#/functions');
    await page.reload();
    await page.getByRole('row', { name: /orders/ }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement.textContent');
    for (let at = 0; at < 40 && (await focused()) !== 'orders'; at += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await heading('orders');
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1', 'the heading has the focus');
    await page.getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('logs out, and complained of nothing in all of this', async () => {
    await page.getByRole('button', { name: 'Log admin out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    assert.deepEqual(seen.complaints, []);
  });
});
