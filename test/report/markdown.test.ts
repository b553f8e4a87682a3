import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cell, code, codeBlock, link } from '../../lib/report/markdown-words.ts';
import { markdown } from '../../lib/report/markdown.ts';
import { EVIL, hostile, hostileReport, mixture } from './gallery.ts';
import { addon, failing, report, signalReport, unknown } from './reports.ts';

test('all well is a line and a folded table', () => {
  expect(markdown(report({ 'prod-eu': [signalReport({ state: 'idle' })] }))).toBe(`\
## Plumbline: ✅ ok

1 signal: 1 ok · 2026-11-20 12:00:00Z · took 812 ms

<details><summary>1 signal ok</summary>

| Cluster | Signal | Plane | State | Live series |
| --- | --- | --- | --- | --- |
| \`prod-eu\` | \`canary\` | amp | \`idle\` | 41 |

</details>
`);
});

test('what is not ok comes first, with what was seen, and how to ask again', () => {
  const blind = { ...unknown, signal: 'second' };
  expect(markdown(report({ 'prod-eu': [signalReport(), failing, unknown, blind] }))).toContain(`\
## Plumbline: ❌ failing

4 signals: 1 failing, 2 unknown, 1 ok · 2026-11-20 12:00:00Z · took 812 ms

| Cluster | Signal | Plane | Verdict | What was seen |
| --- | --- | --- | --- | --- |
| \`prod-eu\` | \`canary\` | amp | ❌ failing | \`fresh: newest sample 14m 20s old\` |
| \`prod-eu\` | \`canary\` | amp | ❔ unknown | denied |
| \`prod-eu\` | \`second\` | amp | ❔ unknown | denied |

### \`prod-eu\` \`canary\`

amp, 41 live series, newest of what is silent 2026-11-20 11:45:40Z · [runbook](<https://wiki.example/adot>)

- **\`fresh\`** \`job=kubernetes-pods\`
  - observed \`newest sample 14m 20s old\`
  - expected \`newest sample at most 4m old\`

Ask again:

\`\`\`
max by (job) (timestamp(m))
\`\`\`

### Could not be observed

- \`prod-eu canary\`, \`prod-eu second\`
  - **denied** \`needed: aps:QueryMetrics\`
`);
});

describe('size', () => {
  test.each([
    ['2000 ok signals', mixture(2000), /Left out .*: \d+ ok signals\. The JSON report has everything\./],
    [
      '500 failing signals',
      report({ c: Array.from({ length: 500 }, (_, i) => ({ ...failing, signal: `signal-${i}` })) }),
      /Left out .*: \d+ rows of the table, \d+ failing signals’ details\./,
    ],
    ['500 hostile ones', report({ [EVIL]: Array.from({ length: 500 }, () => hostile) }), /Left out/],
    [
      '500 that are blind in 500 ways',
      report({
        c: Array.from({ length: 500 }, (_, i) => ({
          ...unknown,
          signal: `signal-${i}`,
          unavailable: [{ expectation: 'fresh', reason: 'denied' as const, detail: `${i} ${EVIL}` }],
        })),
      }),
      /Left out .* reasons for not having seen/,
    ],
  ])('%s fit a comment, and what is left out is said', (_name, of, said) => {
    const written = markdown(of);
    expect(Buffer.byteLength(written)).toBeLessThan(65_536);
    expect(written).toMatch(said);
  });
});

describe('text from outside', () => {
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom('`', '``', '|', '\\', '\n', ' ', '<b>', '@me', '~~~'),
        fc.string({ maxLength: 3 }),
      ),
      {
        maxLength: 12,
      },
    )
    .map((pieces) => pieces.join(''));

  test('a span of code is one line that ends where it should', () => {
    fc.assert(
      fc.property(text, (any) => {
        const written = code(any);
        if (written === '(empty)') return;
        const [, fence = '', inner = ''] = /^(`+)([^]*)\1$/.exec(written) ?? [];
        expect(fence).not.toBe('');
        expect(inner.match(/`+/g) ?? []).not.toContain(fence);
        expect(inner.startsWith('`') || inner.endsWith('`')).toBe(false);
        expect(written).not.toMatch(/[\n\r]/);
      }),
      { numRuns: 1000 },
    );
  });

  test('a cell of a table has no edge inside', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(cell(any, 100)).not.toContain('|');
      }),
    );
  });

  test('a block of code has a longer fence than anything within', () => {
    fc.assert(
      fc.property(text, (any) => {
        const [fence = '', inner = '', last, ...more] = codeBlock(any).split('\n');
        expect([last, more]).toEqual([fence, []]);
        expect(fence).toMatch(/^`{3,}$/);
        expect(inner).not.toContain(fence);
      }),
    );
  });

  test('only web addresses become links, and stay within', () => {
    expect(link('runbook', 'javascript:alert(1)')).toBe('runbook: `javascript:alert(1)`');
    expect(link('runbook', 'https://me:word@a.example/')).toBe('runbook: `https://me:word@a.example/`');
    expect(link('runbook', 'https://a.example/x y>)<b>|`\\')).toBe(
      '[runbook](<https://a.example/x%20y%3E)%3Cb%3E%7C%60/>)',
    );
  });

  test('nothing of a hostile report stands outside of code', () => {
    const written = markdown(hostileReport);
    const outside = written
      .replace(/^(`{3,})\n[^]*?\n\1$/gm, '')
      .replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '')
      .replace(/\[runbook\]\(<https:[^\s<>]*>\)/g, '');
    expect(outside).not.toMatch(/octocat|script|evil|window|127\.0|\p{Cf}|(?!\n)\p{Cc}/u);
  });
});

test('what is known of machinery, and what was changed lately', () => {
  const page = markdown(report({ 'prod-eu': [addon, { ...addon, verdict: 'failing' }] }));
  expect(page).toContain(
    '### Changed lately\n\n- `prod-eu` `prod-eu/adot v0.109.0 was changed 2026-11-20 10:02:00Z`',
  );
  expect(page).toContain(
    '| eksAddon | `v0.109.0 ACTIVE, which tells of the operator, not whether a collector runs` |  |',
  );
  expect(page).toContain('- known: `v0.109.0 ACTIVE');
  expect(markdown(report({ 'prod-eu': [addon] }))).not.toContain('Changed lately');
});
