import { readFileSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { OfGateway } from './of-gateway.ts';
import type { Owner } from './owner.ts';

/** Debian's; CHROMIUM names another. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export async function startBrowser(owner: Owner): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // root has no sandbox there, and a container little shared memory
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  owner.after(() => browser.close());
  return browser;
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The complaints of the page: errors of scripts, refusals by its policy. */
  readonly complaints: readonly string[];
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
}

/** A browser's window of its own, with nothing kept from others. */
export async function visit(
  browser: Browser,
  { width = 1280, height = 800, colorScheme = 'light', locale = 'en' }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // the browser also reports each status of 4xx or 5xx
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** The password of a gateway that has one. */
export function passwordOf(gateway: OfGateway): string {
  return readFileSync(gateway.passwordFile, 'utf8').trim();
}

/** Logs in by the form. */
export async function logIn(page: Page, gateway: OfGateway, hash = ''): Promise<void> {
  await page.goto(`${gateway.url}/ui/${hash}`);
  await page.getByLabel('Password').fill(passwordOf(gateway));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('navigation').waitFor();
}
