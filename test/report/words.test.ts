import { expect, test } from 'vitest';
import { formats } from '../../lib/report/index.ts';
import { about } from '../../lib/report/words.ts';
import { report, signalReport, unknown } from './reports.ts';

const newestSampleAt = '2026-11-20T11:45:40.000Z';

test.each([
  [24, 'amp, 24 live series, newest of what is silent 2026-11-20 11:45:40Z'],
  [0, 'amp, 0 live series, silent since 2026-11-20 11:45:40Z'],
  [null, 'amp, silent since 2026-11-20 11:45:40Z'],
])('a signal with %s live series is silent only as far as it is', (series, said) => {
  expect(
    about(signalReport({ evidence: { series, newestSampleAt, questions: [], facts: [], markers: [] } })).join(
      ', ',
    ),
  ).toBe(said);
});

test.each(['text', 'markdown', 'html', 'junit', 'json'] as const)(
  '%s has the runbooks of what could not be observed, each once',
  async (format) => {
    const blind = ['a', 'b'].map((signal) => ({ ...unknown, signal, runbook: 'https://wiki.example/blind' }));
    const page = await formats[format](report({ c: blind }), { paint: (_meaning, text) => text });
    expect(page).toContain('https://wiki.example/blind');
    if (format === 'text') expect(page.match(/see {2}https:/g)).toHaveLength(1);
  },
);
