import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { startBrowser, visit } from '../support/browser.ts';
import { findFreePort } from '../../common/free-port.ts';
import { startIdentityProvider } from '../support/identity-provider.ts';
import { deploy, makeTalkerImage } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';

/** OpenID Connect, at a provider that others have made. */

async function startWithProvider(t: TestContext): Promise<OfGateway> {
  const port = await findFreePort();
  const callback = `http://127.0.0.1:${port}/system/login/callback`;
  const issuer = await startIdentityProvider(t, () => [callback]);
  const gateway = await startGateway(
    t,
    {
      port: String(port),
      oidc_issuer: issuer,
      oidc_client_secret_file: 'client-secret',
      oidc_write_groups: 'makers,admins',
      oidc_read_groups: 'readers',
    },
    { prepare: (folder) => writeFileSync(path.join(folder, 'client-secret'), 'a-secret-of-the-client\n') },
  );
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'orders', image: 'talker:1' });
  return gateway;
}

/** As somebody does it: from the form, at the provider's page, and back. */
async function logInAs(page: Page, gateway: OfGateway, name: string): Promise<void> {
  await page.goto(`${gateway.url}/ui/`);
  await page.getByRole('link', { name: /^Log in with 127\.0\.0\.1/ }).click();
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').click();
}

test('a group that may write changes things', async (t) => {
  const gateway = await startWithProvider(t);
  const { page, complaints } = await visit(await startBrowser(t));
  await logInAs(page, gateway, 'ada makers');
  await page.getByRole('row', { name: /orders/ }).waitFor();
  await page.getByRole('button', { name: 'Log ada out' }).waitFor();
  await page.getByRole('link', { name: 'orders' }).click();
  await page.getByRole('button', { name: 'Scale' }).click();
  await page.getByLabel('Replicas').fill('2');
  await page.getByRole('dialog').getByRole('button', { name: 'Scale' }).click();
  await page.getByText('2 of 2 ready').waitFor();
  assert.deepEqual(
    complaints.filter((line) => line.includes(gateway.url)),
    [],
  );
});

test('a group that may read looks, is offered no change, and is refused one', async (t) => {
  const gateway = await startWithProvider(t);
  const { page } = await visit(await startBrowser(t));
  await logInAs(page, gateway, 'bob readers others');
  await page.getByRole('row', { name: /orders/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Deploy a function' }).count(), 0);
  await page.getByRole('link', { name: 'orders' }).click();
  await page.getByRole('heading', { name: 'Instances' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0);
  const status = await page.evaluate(`
    fetch('/system/session').then((answer) => answer.json()).then(({ csrfToken }) =>
      fetch('/system/functions', { method: 'DELETE', body: '{"functionName":"orders"}', headers: { 'X-CSRF-Token': csrfToken } }))
      .then(async (answer) => answer.status + ' ' + await answer.text())`);
  assert.match(String(status), /^403 your login may read, and change nothing/);
});

test('who is in no group of ours is refused, with the settings that say so', async (t) => {
  const gateway = await startWithProvider(t);
  const { page } = await visit(await startBrowser(t));
  await logInAs(page, gateway, 'eve others');
  await page.getByText(/none of your groups .*oidc_write_groups or oidc_read_groups/).waitFor();
  await page.goto(`${gateway.url}/ui/`);
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});
