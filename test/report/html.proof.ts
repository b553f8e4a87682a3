import type { Browser, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { html } from '../../lib/report/html.ts';
import { serve } from '../support/http.ts';
import { isBrowserThere, openBrowser } from './browser.ts';
import { contrasts } from './contrast.ts';
import { EVIL, hostileReport, mixture, weekOf } from './gallery.ts';
import { failing, report } from './reports.ts';

const pages = {
  mixture: html(mixture(200), { past: weekOf(mixture(200)) }),
  hostile: html(hostileReport, { past: weekOf(hostileReport), pastProblem: EVIL }),
  long: html(mixture(2000), { past: weekOf(mixture(2000)) }),
};

/** Every attribute of the page that would run something. */
const HANDLERS = `[...document.querySelectorAll('*')].flatMap((element) =>
  element.getAttributeNames().filter((attribute) => attribute.startsWith('on')))`;

interface Look {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** The page as a server sends it, with every request of the browser, and what its console says. */
async function look(browser: Browser, content: string, { width = 1280, scheme = 'light' }: Look = {}) {
  const server = await serve((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(content);
  });
  const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme: scheme });
  onTestFinished(() => page.close());
  const requests: string[] = [];
  const said: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('dialog', (dialog) => said.push(`dialog ${dialog.message()}`));
  await page.goto(server.url, { waitUntil: 'networkidle' });
  return { page, requests, said, server };
}

async function openAll(page: Page): Promise<void> {
  await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
}

describe.skipIf(!isBrowserThere)('in a real browser', () => {
  const browser = openBrowser();

  test.each(Object.keys(pages) as (keyof typeof pages)[])(
    'the %s page asks for nothing but itself, runs nothing and breaks no policy of its own',
    async (name) => {
      const { page, requests, said, server } = await look(browser(), pages[name]);
      await openAll(page);
      for (const link of await page.locator('a[href^="#"]').all())
        await link.evaluate((element) => element.click());
      expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([`${server.url}/`]);
      expect(server.requests.map(({ path }) => path)).toEqual(['/']);
      expect(said).toEqual([]);
      expect(await page.evaluate("'hacked' in window")).toBe(false);
      expect(await page.locator('script, img, iframe, object, embed, form').count()).toBe(0);
      expect(await page.evaluate(HANDLERS)).toEqual([]);
    },
  );

  test('what the page forbids itself would hold: a script and a picture within it do nothing', async () => {
    const smuggled = '<script>window.hacked = true</script><img src="/x.png"></main>';
    const { page, said, server } = await look(browser(), pages.mixture.replace('</main>', smuggled));
    expect(await page.evaluate("'hacked' in window")).toBe(false);
    expect(server.requests.map(({ path }) => path)).toEqual(['/']);
    expect(said).toHaveLength(2);
  });

  test.each(['light', 'dark'] as const)('%s: every text is readable on what is behind it', async (scheme) => {
    const { page } = await look(browser(), pages.mixture, { scheme });
    await openAll(page);
    const found = await contrasts(page);
    expect(found.length).toBeGreaterThan(500);
    expect(found.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    const [, lightness = ''] =
      /rgb\((\d+)/.exec(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')) ?? [];
    expect(Number(lightness) > 128).toBe(scheme === 'light');
  });

  test.each(Object.keys(pages) as (keyof typeof pages)[])(
    'the %s page fits a telephone, folded and unfolded',
    async (name) => {
      const { page } = await look(browser(), pages[name], { width: 390 });
      const width = () => page.evaluate('document.documentElement.scrollWidth');
      expect(await width()).toBe(390);
      await openAll(page);
      expect(await width()).toBe(390);
    },
  );

  test('a cell leads to its signal, though that is folded', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ ...failing, signal: `signal-${i}` }));
    const { page } = await look(browser(), html(report({ c: many })));
    expect(await page.locator('details.signal[open]').count()).toBe(20);
    await page.locator('a.cell').nth(33).click();
    const target = page.locator('details.signal').nth(33);
    await expect.poll(() => target.getAttribute('open')).toBe('');
    expect(await target.locator('h3').textContent()).toBe('signal-33');
  });

  test('a verdict is told by a word wherever it is told by a colour', async () => {
    const { page } = await look(browser(), pages.mixture);
    expect(await page.locator('h1').innerText()).toBe('✕ failing');
    expect(await page.locator('a.cell').evaluateAll((cells) => cells.map((cell) => cell.ariaLabel))).toEqual([
      'scrape-canary: failing',
      'collector-emf: failing',
      'slow-jobs: unknown',
      'apiservers: unknown',
      'collector-emf: unknown',
    ]);
    for (const label of await page.locator('svg').evaluateAll((all) => all.map((svg) => svg.ariaLabel)))
      expect(label).toMatch(/^available [\d.]+%, left ok \d+ times?$/);
  });

  test('headings are in order, and a question is selected as it was asked', async () => {
    const { page } = await look(browser(), pages.mixture);
    const levels = await page.locator('h1, h2, h3').evaluateAll((all) => all.map(({ tagName }) => tagName));
    expect(levels.slice(0, 4)).toEqual(['H1', 'H2', 'H3', 'H3']);
    await page.locator('pre').nth(1).click();
    expect(await page.evaluate('String(getSelection())')).toBe(
      'count by (job) (last_over_time(scrape_duration_seconds{job=~"kubernetes-.*"}[4m]))',
    );
  });

  test('on paper what was folded is there', async () => {
    const { page } = await look(browser(), pages.mixture);
    const folded = page.getByText('service-150', { exact: true });
    expect(await folded.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await folded.isVisible()).toBe(true);
  });
});
