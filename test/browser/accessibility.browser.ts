import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { logIn, startBrowser, visit } from '../support/browser.ts';
import { deploy, makeTalkerImage } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Lists the faults that axe-core finds in a page, a line each. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary.slice(0, 300)}`,
    ),
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe-core finds nothing wrong, in ${colorScheme} colours, wide and on a phone`, async (t) => {
    const gateway = await startGateway(t);
    makeTalkerImage(gateway.folder, 'talker:1');
    const browser = await startBrowser(t);
    const first = await visit(browser, { colorScheme });
    await first.page.goto(`${gateway.url}/ui/`);
    await first.page.getByLabel('Password').waitFor();
    assert.deepEqual(await faultsOf(first.page), [], 'the login');
    await logIn(first.page, gateway);
    await first.page.getByText('No function is here yet').waitFor();
    assert.deepEqual(await faultsOf(first.page), [], 'the first visit');

    await deploy(gateway, { service: 'orders', image: 'talker:1', envVars: { TOKEN: 'x' } });
    await deploy(gateway, { service: 'broken', image: 'talker:1', envProcess: 'node missing.mjs' });
    const annotations = { topic: 'cron-function', schedule: '0 3 * * *', 'com.openfaas.retry.attempts': '1' };
    await deploy(gateway, { service: 'nightly', image: 'talker:1', annotations });
    await gateway.api('POST', '/system/secrets', { body: { name: 'key', value: 'x' } });
    await gateway.request({ method: 'POST', path: '/async-function/nightly/status?code=500' });
    await gateway.request({
      path: `/function/orders/say?text=${encodeURIComponent('\u001B[31mred\u001B[0m {"a":1}')}`,
    });
    for (const width of [1280, 390]) {
      const { page, context } = await visit(browser, { colorScheme, width });
      await logIn(page, gateway);
      await page.getByRole('row', { name: /broken.*Failing/ }).waitFor();
      for (const [hash, shown] of [
        ['#/functions', 'orders'],
        ['#/function/orders.openfaas-fn', 'Idle'],
        ['#/function/broken.openfaas-fn', 'Cannot find module'],
        ['#/logs/orders.openfaas-fn', 'red'],
        ['#/invoke/orders.openfaas-fn', 'Headers'],
        ['#/async', 'nightly'],
        ['#/schedules', '0 3 * * *'],
        ['#/secrets', '/var/openfaas/secrets/key'],
        ['#/deploy', 'Image'],
      ] as const) {
        await page.goto(`${gateway.url}/ui/${hash}`);
        await page.getByText(shown).filter({ visible: true }).first().waitFor();
        assert.deepEqual(await faultsOf(page), [], `${hash} at ${width}`);
        const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok(Number(wider) <= 0, `${hash} at ${width} is wider than the window by ${String(wider)}`);
      }
      await page.getByRole('link', { name: 'Secrets' }).click();
      await page.getByRole('button', { name: 'Create secret' }).click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await faultsOf(page), [], `a dialog at ${width}`);
      await context.close();
    }
  });
}
