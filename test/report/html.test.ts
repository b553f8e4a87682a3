import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html as markup, words } from '../../lib/report/html-markup.ts';
import { html } from '../../lib/report/html.ts';
import { EVIL, hostileReport, mixture, weekOf } from './gallery.ts';
import { addon, failing, report, signalReport, unknown } from './reports.ts';

const textOf = (page: string): string =>
  page
    .replace(/<style>[^]*?<\/style>|<title>[^]*?<\/title>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

test('the page says what the report says', () => {
  const page = textOf(
    html(report({ 'prod-eu': [failing, { ...unknown, signal: 'blind' }, signalReport()] })),
  );
  for (const words of [
    '✕ failing',
    '3 signals: 1 failing, 1 unknown, 1 ok',
    '2026-11-20 12:00:00Z',
    'amp · 41 live series · newest of what is silent 2026-11-20 11:45:40Z',
    'fresh job=kubernetes-pods newest sample 14m 20s old newest sample at most 4m old',
    'max by (job) (timestamp(m))',
    'https://wiki.example/adot',
    '? unknown blind amp',
    'denied for fresh, series.min: needed: aps:QueryMetrics',
    '1 signal ok',
  ]) {
    expect(page).toContain(words);
  }
  expect(page).not.toContain('History');
});

test('the past is shown where there is one, and why there is none', () => {
  const one = report({ c: [failing] });
  const page = textOf(html(mixture(), { past: weekOf(mixture()) }));
  expect(page).toContain('3830 runs in 7d, until 2026-11-20 12:00:00Z');
  expect(page).toContain('42 signals ok throughout');
  expect(textOf(html(one, { past: { ...weekOf(one), runs: 0, signals: [] } }))).toContain(
    'Nothing was recorded yet',
  );
  expect(textOf(html(one, { pastProblem: 'the table is <gone>' }))).toContain(
    'It could not be read, which changes no verdict: the table is &lt;gone&gt;',
  );
});

test('what was not ok in the first run that was recorded may have begun before', () => {
  const past = weekOf(mixture());
  const signals = past.signals.map((signal) => ({ ...signal, firstAt: signal.spells[0]?.from ?? 0 }));
  expect(textOf(html(mixture(), { past: { ...past, signals } }))).toMatch(
    /\d\d:\d\d:\d\dZ or before failing for/,
  );
});

test('the past counts what was ok throughout where anything was', () => {
  const past = weekOf(mixture());
  const restless = past.signals.filter(({ spells }) => spells.length > 0);
  const page = (signals: typeof past.signals) =>
    textOf(html(mixture(), { past: { ...past, signals: [...signals] } }));
  expect(page(past.signals)).toContain('ok throughout.');
  expect(page(restless)).not.toContain('ok throughout');
});

test('only web addresses without credentials become links', () => {
  const page = (runbook: string) => html(report({ c: [{ ...failing, runbook }] }));
  expect(page('https://wiki.example/adot')).toContain('href="https://wiki.example/adot"');
  for (const runbook of ['https://me:word@wiki.example/', 'javascript:alert(1)', 'wiki'])
    expect(page(runbook)).toContain(`Runbook: <code>${runbook}</code>`);
});

test('an ok that would surprise is told though it is folded', () => {
  const page = textOf(
    html(report({ c: [signalReport({ state: 'idle' }), signalReport({ state: 'rollout' })] })),
  );
  expect(page).toContain('2 signals ok, of them 1 idle, 1 rollout');
});

test('two thousand signals, and two thousand findings, stay a file that opens', () => {
  const [finding] = failing.findings;
  const findings = Array.from({ length: 2000 }, (_, i) => ({ ...finding!, subject: `job=${i}` }));
  const many = Array.from({ length: 2000 }, (_, i) => ({ ...failing, signal: `signal-${i}`, findings }));
  const page = html(report({ c: many }));
  expect(page.length).toBeLessThan(20_000_000);
  expect(page.match(/<details class="signal is-failing"\s+open/g)).toHaveLength(20);
  expect(page).toContain('1950 findings more');
});

test('the page holds no element and no attribute of its texts', () => {
  const page = html(hostileReport, { past: weekOf(hostileReport), pastProblem: EVIL });
  const tags = [...page.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag);
  for (const tag of ['script', 'img', 'iframe', 'object']) expect(tags).not.toContain(tag);
  expect(page).not.toMatch(/<[a-z][^>"]*("[^"]*"[^>"]*)*\son[a-z]+\s*=/);
  expect(page).not.toContain('href="javascript:');
  expect(page).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
});

test('any text is escaped in an element and in an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (any) => {
      const { markup: written } = markup`<a title="${words(any)}">${[words(any), 1]}</a>`;
      const [, title = '', body = ''] = /^<a title="([^"]*)">([^<]*)1<\/a>$/.exec(written) ?? [];
      expect(title).toBe(body);
      expect(written.match(/[<>"]/g)).toHaveLength(6);
    }),
  );
});

test('what is known of machinery, and what was changed lately', () => {
  const page = textOf(html(report({ 'prod-eu': [addon, { ...addon, verdict: 'failing' }] })));
  expect(page).toContain('prod-eu/adot v0.109.0 was changed 2026-11-20 10:02:00Z');
  expect(page).toContain('ok; v0.109.0 ACTIVE, which tells of the operator, not whether a collector runs');
  expect(textOf(html(report({ 'prod-eu': [addon] })))).not.toContain('was changed');
});
