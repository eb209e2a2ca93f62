import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { logIn, passwordOf, startBrowser, visit } from '../support/browser.ts';
import { deploy, makeTalkerImage } from '../support/local-image.ts';
import { startBeforeProvider, startGateway } from '../support/of-gateway.ts';

/** The page where something fails: each failure is shown to the user. */

test('a gateway that has gone is told of, and the page goes on by itself when it is back', async (t) => {
  const first = await startGateway(t);
  makeTalkerImage(first.folder, 'talker:1');
  await deploy(first, { service: 'orders', image: 'talker:1' });
  const { page } = await visit(await startBrowser(t));
  await logIn(page, first);
  await page.getByRole('row', { name: /orders.*Ready/ }).waitFor();
  const { folder, port } = first;
  first.kill('SIGKILL');
  await first.exited;
  await page.getByText(/The gateway does not answer\. This page shows its state \d+ s ago/).waitFor();
  assert.ok(await page.getByRole('row', { name: /orders/ }).isVisible(), 'what was seen last stays');
  await page.getByText('Not connected').waitFor();
  await startGateway(t, { port: String(port) }, { folder });
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText('The gateway does not answer').waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /orders.*Ready/ }).waitFor();
});

test('a wrong password is told of, one too many too, and the right one goes where one wanted to', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { page } = await visit(await startBrowser(t));
  await page.goto(`${gateway.url}/ui/#/secrets`);
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Wrong user or password.').waitFor();
  await page.getByLabel('Password').fill(passwordOf(gateway));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Secrets', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Log admin out' }).click();
  for (let at = 0; at < 10; at += 1)
    await gateway.api('POST', '/system/login', { login: null, body: { user: 'admin', password: 'x' } });
  await page.getByLabel('Password').fill(passwordOf(gateway));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText(/too many wrong logins: try again in \d+ s/).waitFor();
});

test('a session that ends shows the login, and after it the page that one was on', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { page, context } = await visit(await startBrowser(t));
  await logIn(page, gateway, '#/secrets');
  await page.getByRole('heading', { name: 'Secrets', level: 1 }).waitFor();
  await context.clearCookies();
  await page.getByRole('link', { name: 'Schedules' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.getByLabel('Password').fill(passwordOf(gateway));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Schedules', level: 1 }).waitFor();
});

test('another tab that has made the session longer does not break this one', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { page, context } = await visit(await startBrowser(t));
  await logIn(page, gateway, '#/secrets');
  await page.getByRole('heading', { name: 'Secrets', level: 1 }).waitFor();
  const other = await context.newPage();
  await other.goto(`${gateway.url}/ui/`);
  await other.evaluate(
    `fetch('/system/login', { method: 'POST', body: JSON.stringify({ user: 'admin', password: ${JSON.stringify(passwordOf(gateway))} }) })`,
  );
  await page.getByRole('button', { name: 'Create secret' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: false }).first().fill('one');
  await dialog.getByLabel('Value').fill('value');
  await dialog.getByRole('button', { name: 'Create secret' }).click();
  await page.getByRole('row', { name: /one/ }).waitFor();
});

test('an error of the gateway is shown as it says it', async (t) => {
  const gateway = await startGateway(t);
  const { page } = await visit(await startBrowser(t));
  await logIn(page, gateway, '#/deploy');
  await page.getByLabel('Image', { exact: false }).first().fill('nowhere:1');
  await page.getByRole('textbox', { name: 'Name', exact: false }).first().fill('lost');
  await page.getByRole('button', { name: 'Deploy a function' }).click();
  await page.locator('.notice.failed', { hasText: /nowhere:1/ }).waitFor();
});

test('a function that does not start says why, with its last lines', async (t) => {
  const gateway = await startGateway(t);
  makeTalkerImage(gateway.folder, 'talker:1');
  await deploy(gateway, { service: 'broken', image: 'talker:1', envProcess: 'node missing.mjs' });
  const { page } = await visit(await startBrowser(t));
  await logIn(page, gateway);
  await page
    .getByRole('row', { name: /broken.*Failing/ })
    .getByRole('link')
    .click();
  await page
    .getByRole('region', { name: 'Why instances are missing' })
    .getByText(/Cannot find module/)
    .waitFor();
  await page.goto(`${gateway.url}/ui/#/function/ghost.openfaas-fn`);
  await page.getByRole('heading', { name: 'There is no function ghost.openfaas-fn' }).waitFor();
  await page.goto(`${gateway.url}/ui/#/logs/ghost.openfaas-fn`);
  await page.getByText(/no function ghost\.openfaas-fn is deployed/).waitFor();
});

test('a slow gateway shows its page at once, and a provider that is down is told of', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const { page } = await visit(await startBrowser(t));
  await logIn(page, gateway);
  await page.getByRole('row', { name: /f.*Ready/ }).waitFor();
  await page.route('**/system/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await route.continue().catch(() => undefined);
  });
  await page.reload();
  await page.getByRole('heading', { name: 'Functions', level: 1 }).waitFor();
  await page.getByText('Connecting…').waitFor();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.getByRole('row', { name: /f.*Ready/ }).waitFor();
  provider.override = (_seen, response) => {
    response.writeHead(503).end('down');
    return true;
  };
  await page.getByText(/The functions may be out of date/).waitFor();
  assert.ok(await page.getByRole('row', { name: /f.*Ready/ }).isVisible());
});

test('with 1,000 functions the list scrolls, sorts and finds, and draws what is seen alone', async (t: TestContext) => {
  const { gateway, provider } = await startBeforeProvider(t);
  for (let at = 0; at < 1000; at += 1) {
    const service = `fn-${String(at).padStart(3, '0')}`;
    const deployment = { service, namespace: 'openfaas-fn', image: 'x' };
    provider.functions.set(`${service}.openfaas-fn`, { deployment, replicas: 1, available: 1 });
  }
  const { page, complaints } = await visit(await startBrowser(t));
  await logIn(page, gateway);
  await page.getByRole('row', { name: /fn-000/ }).waitFor();
  assert.ok((await page.getByRole('row').count()) < 60);
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  await page.getByRole('row', { name: /fn-999/ }).waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await page.getByRole('button', { name: 'Name' }).click();
  await page.getByRole('row', { name: /fn-999/ }).waitFor();
  await page.getByLabel('Search functions').fill('fn-512');
  await page.getByRole('row', { name: /fn-512/ }).waitFor();
  assert.equal(await page.getByRole('row').count(), 2);
  assert.deepEqual(complaints, []);
});
