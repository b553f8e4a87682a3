import type { Browser } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { healthOf } from '../../lib/widget/estate.ts';
import { drawCluster } from '../../lib/widget/cluster.ts';
import { drawEstate } from '../../lib/widget/matrix.ts';
import { trouble } from '../../lib/widget/parts.ts';
import { isBrowserThere, openBrowser } from '../report/browser.ts';
import { contrasts } from '../report/contrast.ts';
import { EVIL } from '../report/gallery.ts';
import { episode } from '../stores/memories.ts';
import { cluster, estate, NOW, planned, remembering } from './gallery.ts';

const endpoint = 'arn:aws:lambda:eu-west-1:111122223333:function:plumbline-live-widget';

const failing = { plane: 'amp', severity: 'critical' as const, failing: episode({ heldBy: EVIL }) };
const hostile = healthOf(
  cluster(EVIL, [planned(EVIL)]),
  { memory: remembering({ [EVIL]: failing }), runs: undefined, problem: EVIL },
  NOW,
);

/** What the console paints behind widgets. */
const BEHIND = { light: '#ffffff', dark: '#161d26' } as const;
type Theme = keyof typeof BEHIND;

const drawings = {
  estate: (theme: Theme, width: number) =>
    drawEstate(estate(60), { view: { theme, width }, now: NOW, endpoint }),
  cluster: (theme: Theme, width: number) =>
    drawCluster(estate(60)[0]!, { view: { theme, width }, now: NOW, endpoint }),
  hostile: (theme: Theme, width: number) =>
    drawEstate([hostile], { view: { theme, width }, now: NOW, endpoint }),
  trouble: (theme: Theme, width: number) => trouble({ theme, width }, 'The widget cannot be drawn', [EVIL]),
};

/** The widget as a dashboard shows it: its action elements are taken out and do something. */
async function look(browser: Browser, draw: keyof typeof drawings, theme: Theme, width = 1200) {
  const page = await browser.newPage({ viewport: { width, height: 600 } });
  onTestFinished(() => page.close());
  const requests: string[] = [];
  const said: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  const style = `body { margin: 0; background: ${BEHIND[theme]}; } cwdb-action { display: none; }`;
  await page.setContent(`<!doctype html><style>${style}</style><body>${drawings[draw](theme, width)}</body>`);
  return { page, requests, said };
}

describe.skipIf(!isBrowserThere)('in a real browser', () => {
  const browser = openBrowser();
  const all = Object.keys(drawings) as (keyof typeof drawings)[];

  describe.each(['light', 'dark'] as const)('%s', (theme) => {
    test.each(all)('%s: every text is readable on what the console paints behind it', async (draw) => {
      const { page } = await look(browser(), draw, theme);
      const found = await contrasts(page);
      expect(found.length).toBeGreaterThan(1);
      expect(found.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    });
  });

  test.each(all)('%s asks for nothing and runs nothing', async (draw) => {
    const { page, requests, said } = await look(browser(), draw, 'light');
    expect([requests, said]).toEqual([[], []]);
    expect(await page.evaluate("'hacked' in window")).toBe(false);
    expect(await page.locator('script, img, iframe, object, embed, form, use').count()).toBe(0);
  });

  test.each(all.flatMap((draw) => [300, 588, 1200].map((width) => [draw, width] as const)))(
    '%s fits into %i pixels; what is wider can be scrolled by itself',
    async (draw, width) => {
      const { page } = await look(browser(), draw, 'dark', width);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    },
  );

  test('a click on a cluster would ask for that one, in JSON, whatever its name', async () => {
    const { page } = await look(browser(), 'hostile', 'light');
    const asked = await page
      .locator('a + cwdb-action')
      .evaluateAll((all) => all.map(({ textContent }) => textContent));
    expect(asked.map((text): unknown => JSON.parse(text))).toEqual([{ cluster: EVIL }, { cluster: EVIL }]);
  });
});
