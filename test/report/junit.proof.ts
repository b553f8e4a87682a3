import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { junit } from '../../lib/report/junit.ts';
import { isBrowserThere, openBrowser } from './browser.ts';
import { EVIL, hostile, hostileReport } from './gallery.ts';
import { report } from './reports.ts';

describe.skipIf(!isBrowserThere)('in a real browser', () => {
  const browser = openBrowser();

  test('a real XML parser reads whatever the texts from outside are', async () => {
    const page = await browser().newPage();
    onTestFinished(() => page.close());
    const piece = fc.oneof(fc.constantFrom(']]>', '<![CDATA[', '&#0;', EVIL), fc.string({ unit: 'binary' }));
    const texts = fc.sample(
      fc.array(piece).map((pieces) => pieces.join('')),
      2000,
    );
    const reports = texts.map((text) =>
      report({ [text]: [{ ...hostile, signal: text, state: text, runbook: text }] }),
    );
    await page.exposeFunction('documents', () => [hostileReport, ...reports].map(junit));
    const read = await page.evaluate(`documents().then((all) => all.map((xml) => {
    const parsed = new DOMParser().parseFromString(xml, 'application/xml');
    return parsed.querySelector('parsererror')?.textContent ?? parsed.querySelectorAll('testcase').length;
  }))`);
    expect(read).toEqual([4, ...reports.map(() => 1)]);
  });
});
