import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';

/** Whether there is a real browser to look with. */
export const isBrowserThere = existsSync(CHROMIUM);
if (!isBrowserThere) {
  if (process.env['CI'] !== undefined) throw new Error(`CI must have ${CHROMIUM}: apt-get install chromium`);
  process.stderr.write(`Skipped: no ${CHROMIUM}, so nothing is looked at in a real browser.\n`);
}

/** A browser for the tests of a suite, gone when they are over. */
export function openBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  return () => {
    if (!browser) throw new Error('the browser is not open');
    return browser;
  };
}
