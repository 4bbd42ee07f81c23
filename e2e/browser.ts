import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Nothing that a browser does by itself gets in the way, or out of the machine. */
const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The real browser of the tests, installed where it is missing. */
export function openBrowser(): Promise<Browser> {
  const tool = join(__dirname, '..', 'tools', 'browser', 'ensure.mjs');
  const executablePath = execFileSync(process.execPath, [tool], { encoding: 'utf8' }).trim();
  return chromium.launch({ executablePath, args: quiet });
}

/** A page with all that a quiet page does not do. */
export interface OpenPage {
  readonly page: Page;
  /** Addresses that were asked for beside the page's own; messages, errors and dialogs. */
  readonly noise: readonly string[];
  /** Milliseconds until the script of the page was done. */
  readonly took: number;
}

/** Opens a report from the disk, as a user does. */
export async function openReport(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const page = await browser.newPage(options);
  const address = pathToFileURL(file).href;
  const noise: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== address) noise.push(`request: ${request.url()}`);
  });
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    noise.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const began = Date.now();
  await page.goto(address);
  await page.waitForSelector('html[data-ready], body:not(:has(#data))');
  return { page, noise, took: Date.now() - began };
}
