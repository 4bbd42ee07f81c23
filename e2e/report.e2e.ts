import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { imageReference } from '../packages/images/catalogue';
import { buildLayout } from '../packages/images/fixture-layout';
import { openLayerMemo } from '../packages/images/layer-memo';
import { openLayout } from '../packages/images/layout';
import { describeLayout, writeRecord } from '../packages/images/record';
import { openBrowser, openReport } from './browser';
import { freshWorkspace, type Workspace } from './workspace';

/** A file system does not mind; `document.title` tells whether a page does. */
const hostile = '<img src=x onerror=document.title=1>';

const dockerfile = `FROM ${imageReference('alpine')}
RUN mkdir -p '/app/<' /app/lib && echo first > /app/replaced.txt && head -c 60000 /dev/zero > /app/gone.bin
RUN rm /app/gone.bin \\
 && head -c 200000 /dev/urandom > /app/lib/large.bin && cp /app/lib/large.bin /app/lib/copy.bin \\
 && head -c 50000 /dev/urandom > '/app/<${'/'}script>${hostile}' \\
 && head -c 50000 /dev/urandom > '/app/"onfocus=alert(1) autofocus="'
USER 1001:1001
CMD ["true"]
`;

const cached = /local cache|existing outputs match the cache/;

/** The pages about images, made through nx and read in a real browser. In order, in one workspace. */
describe('docker-report', () => {
  let workspace: Workspace;
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
    workspace = freshWorkspace('report');
    workspace.nxOk(['g', 'toolbox:init', '--no-interactive']);
    workspace.write('infrastructure/project.json', '{ "name": "infrastructure" }');
    workspace.write('apps/report-web/project.json', '{ "name": "report-web" }');
    workspace.write('apps/report-web/Dockerfile', dockerfile);
    workspace.commit('an app');
  });
  afterAll(async () => {
    await browser?.close();
    workspace?.remove();
  });

  const pageOf = (project: string) => join(workspace.root, 'dist/reports', project, 'report/index.html');
  const run = () => workspace.nxOk(['docker-report', 'report-web']);
  const textOf = (page: Page, id: string) => page.textContent(`#${id}`);
  const focused = (page: Page) =>
    page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.id');

  it('is made once for an image, and again when what it shows has changed', () => {
    expect(run()).toContain('Wrote dist/reports/report-web/report/index.html');
    expect(run()).toMatch(cached);
    // A scan that is on disk is part of the page.
    workspace.nx(['docker-scan', 'report-web', '--scanner=none']);
    expect(run()).not.toMatch(
      /Nx read the output from the cache instead of running the command for 3 out of 3/,
    );
    expect(workspace.read('dist/reports/report-web/report/index.html')).toContain(
      'Vulnerabilities were NOT scanned',
    );
    expect(run()).toMatch(cached);
    const summary = workspace.read('dist/reports/report-web/report/summary.json');
    workspace.write('apps/report-web/report-baseline.json', summary);
    run();
    expect(workspace.read('dist/reports/report-web/report/index.html')).toContain(
      'of apps/report-web/report-baseline.json',
    );
  });

  it('is quiet, whatever files are called, and says what the image wastes', async () => {
    const { page, noise } = await openReport(browser, pageOf('report-web'));
    expect(await page.title()).toBe('report-web: image report');
    const text = await page.innerText('main');
    for (const part of [
      'app/gone.bin',
      'app/lib/copy.bin',
      'deleted by layer',
      'health-missing',
      'has no size budget',
    ])
      expect(text).toContain(part);
    await page.fill('#search', 'onerror');
    await page.waitForSelector('#hits li');
    expect(await textOf(page, 'hits')).toContain(`app/</script>${hostile}`);
    await page.click('#hits button');
    expect(await textOf(page, 'status')).toContain(`app/</script>${hostile}, file, 50.0 kB`);
    expect(await page.title()).toBe('report-web: image report');
    expect(await page.locator('img').count()).toBe(0);
    expect(noise).toEqual([]);
    await page.close();
  });

  it('is used with the keyboard alone', async () => {
    const { page, noise } = await openReport(browser, pageOf('report-web'));
    await page.keyboard.press('/');
    expect(await focused(page)).toBe('search');
    await page.keyboard.type('large.bin');
    await page.waitForSelector('#hits li');
    await page.keyboard.press('Escape');
    expect(await page.locator('#hits li').count()).toBe(0);
    await page.keyboard.press('Tab');
    // The crumb of the folder that is shown, then one stop for the whole map.
    await page.keyboard.press('Tab');
    const first = String(await focused(page));
    expect(first).toMatch(/files, .* % of all, mostly layer \d+$/);
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('ArrowRight');
    const second = String(await focused(page));
    expect(second).not.toBe(first);
    await page.keyboard.press('Home');
    expect(await focused(page)).toBe(first);
    const name = first.split(',')[0]!;
    await page.keyboard.press('Enter');
    expect(await textOf(page, 'crumbs')).toBe(`image${name}`);
    expect(String(await textOf(page, 'announce'))).toContain(name);
    await page.keyboard.press('Backspace');
    expect(await textOf(page, 'crumbs')).toBe('image');
    expect(await focused(page)).toBe(first);
    await page.check('input[value=layers]');
    expect(await page.locator('#map > button').first().getAttribute('aria-label')).toMatch(/^\d: /);
    expect(noise).toEqual([]);
    await page.close();
  });

  it('is light, dark, narrow and printed', async () => {
    const grounds = new Set<unknown>();
    for (const colorScheme of ['light', 'dark'] as const) {
      const viewport = { width: 360, height: 700 };
      const { page, noise } = await openReport(browser, pageOf('report-web'), { colorScheme, viewport });
      grounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(noise).toEqual([]);
      await page.close();
    }
    expect([...grounds]).toEqual(['rgb(255, 255, 255)', 'rgb(17, 17, 19)']);
    const { page } = await openReport(browser, pageOf('report-web'));
    await page.evaluate(
      'addEventListener("beforeprint", () => { window.open_ = document.querySelectorAll("details:not([open])").length })',
    );
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    expect(await page.evaluate('window.open_')).toBe(0);
    expect(await page.locator('details[open]').count()).toBe(0);
    await page.close();
  });

  it('opens an image of 100,000 files at once', async () => {
    const folder = join(workspace.root, 'dist/images/report-web');
    mkdirSync(folder, { recursive: true });
    const files = Array.from({ length: 100_000 }, (_, at) => ({
      path: `app/node_modules/package-${Math.floor(at / 100)}/${at % 3 ? 'dist' : 'lib'}/file-number-${at}.js`,
      content: Buffer.alloc(1 + ((at * 7919) % 900), at),
    }));
    buildLayout(folder, [files]);
    const facts = { project: 'report-web', tags: [], base: { name: 'scratch', digest: null } };
    writeRecord(folder, await describeLayout(openLayout(folder), facts, openLayerMemo(null)));
    workspace.nxOk(['docker-report', 'report-web', '--excludeTaskDependencies']);
    expect(statSync(pageOf('report-web')).size).toBeLessThan(2e6);
    const { page, noise, took } = await openReport(browser, pageOf('report-web'));
    expect(took).toBeLessThan(2000);
    expect(await page.locator('*').count()).toBeLessThan(10_000);
    await page.fill('#search', 'file-number-4242.js');
    await page.waitForSelector('#hits li');
    await page.click('#hits button');
    expect(await textOf(page, 'status')).toMatch(
      /^app\/node_modules\/package-42\/lib\/file-number-4242\.js, file/,
    );
    expect(noise).toEqual([]);
    await page.close();
  });

  it('puts all images on one page, which leads to the others', async () => {
    workspace.nxOk(['docker-report', 'infrastructure']);
    const { page, noise } = await openReport(browser, pageOf('infrastructure'));
    expect(await page.innerText('main')).toContain('All images together');
    expect(noise).toEqual([]);
    await page.click('a:text("report-web")');
    await page.waitForSelector('html[data-ready]');
    expect(await page.title()).toBe('report-web: image report');
    await page.close();
  });
});
