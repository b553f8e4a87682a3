import { describe, expect, test } from 'vitest';
import { planes } from '../../lib/signal.ts';
import { healthOf } from '../../lib/widget/estate.ts';
import { drawCluster } from '../../lib/widget/cluster.ts';
import { drawEstate } from '../../lib/widget/matrix.ts';
import { trouble } from '../../lib/widget/parts.ts';
import { EVIL } from '../report/gallery.ts';
import { episode } from '../stores/memories.ts';
import { cluster, estate, NOW, planned, remembering } from './gallery.ts';

const ENDPOINT = 'arn:aws:lambda:eu-west-1:111122223333:function:plumbline-live-widget';
const view = { theme: 'light', width: 1200 } as const;
const drawing = { view, now: NOW, endpoint: ENDPOINT };

/** Everything from outside tries to leave wherever it is put. */
const hostile = healthOf(
  { ...cluster(EVIL, [planned(EVIL, 'amp', { runbook: `javascript:${EVIL}` })]), region: EVIL },
  {
    memory: remembering({
      [EVIL]: {
        plane: 'amp',
        severity: 'critical',
        failing: episode({ heldBy: EVIL, opened: { at: NOW, key: EVIL, because: EVIL } }),
      },
    }),
    runs: undefined,
    problem: EVIL,
  },
  NOW,
);
/** Names as long as they may be, of characters that take the most room when they are escaped, on every plane. */
const huge = Array.from({ length: 1000 }, (_, index) => {
  const signals = planes.flatMap((plane) =>
    Array.from({ length: 6 }, (_, at) => planned(`${'"'.repeat(190)}-${plane}-${at}`, plane)),
  );
  const failing = episode({
    opened: { at: NOW, key: 'k', because: '"'.repeat(500) },
    heldBy: '"'.repeat(500),
  });
  const remembered = { plane: 'amp', severity: 'critical' as const, failing };
  const memory = remembering(Object.fromEntries(signals.map(({ signal }) => [signal.name, remembered])));
  const problem = `"${index}`.repeat(100);
  return healthOf(cluster(`${'"'.repeat(190)}-${index}`, signals), { memory, runs: undefined, problem }, NOW);
});

const drawn = {
  usual: drawEstate(estate(18), drawing),
  narrow: drawEstate(estate(18), { ...drawing, view: { theme: 'dark', width: 300 } }),
  empty: drawEstate([], drawing),
  hostile: drawEstate([hostile], drawing),
  'hostile cluster': drawCluster(hostile, drawing),
  trouble: trouble(view, EVIL, [EVIL, EVIL]),
  thousand: drawEstate(huge, drawing),
  'huge cluster': drawCluster(huge[0]!, drawing),
};

/** What the documentation of custom widgets allows, and no more than is needed of it. */
const ALLOWED = new Set([
  'div',
  'style',
  'p',
  'span',
  'strong',
  'h4',
  'ul',
  'li',
  'table',
  'tr',
  'th',
  'td',
  'a',
  'br',
  'cwdb-action',
]);
const ATTRIBUTES = new Set(['class', 'title', 'href', 'target', 'rel', 'action', 'display', 'endpoint']);

describe.each(Object.entries(drawn))('what is drawn: %s', (_name, markup) => {
  const tags = [...markup.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w-]+="[^"<>]*")*)\s*\/?>/g)];

  test('has only the elements and attributes that it needs', () => {
    expect(markup.replaceAll(/<\/?[a-zA-Z][\w-]*(?:\s+[\w-]+="[^"<>]*")*\s*\/?>/g, '')).not.toMatch(/[<>]/);
    expect(tags.map(([, , name = '']) => name).filter((name) => !ALLOWED.has(name))).toEqual([]);
    const attributes = tags.flatMap(([, , , all = '']) =>
      [...all.matchAll(/([\w-]+)="/g)].map(([, name = '']) => name),
    );
    expect(attributes.filter((name) => !ATTRIBUTES.has(name))).toEqual([]);
    expect(markup).not.toMatch(/href="(?!https?:)/);
  });

  test('is closed as it was opened', () => {
    const open: string[] = [];
    for (const [all, slash, name = ''] of tags) {
      if (name === 'br' || all.endsWith('/>')) continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  test('is smaller than what Lambda answers by far, and has no control character', () => {
    expect(Buffer.byteLength(JSON.stringify(markup))).toBeLessThan(1_000_000);
    expect(markup.isWellFormed()).toBe(true);
    const seen = markup.replaceAll(/(<cwdb-action[^>]*>)[^<]*/g, '$1');
    expect(seen).not.toMatch(/[\p{Cf}]|(?!\n)\p{Cc}/u);
  });
});

test('a click asks this function for the cluster by its own name, whatever it is', () => {
  const asked = [
    ...drawn.hostile.matchAll(/<cwdb-action action="call" display="popup" endpoint="([^"]+)"\s*>([^<]*)</g),
  ];
  const texts = asked.map(([, endpoint, text = '']) => [
    endpoint,
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&'),
  ]);
  expect(texts).toHaveLength(2);
  for (const [endpoint, text] of texts) {
    expect(endpoint).toBe(ENDPOINT);
    expect(JSON.parse(String(text))).toEqual({ cluster: EVIL });
  }
  expect(drawEstate([hostile], { ...drawing, endpoint: undefined })).not.toContain('cwdb-action');
});

test('what is open, for how long and why; what was not verified, since when; what could not be read', () => {
  const text = drawn.usual.replaceAll(/<style>[^]*<\/style>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('1 ✕ failing 2 ◷ not verified 2 ? not observable 13 ✓ ok 18 clusters, 117 signals');
  expect(text).toContain('Open incidents: 3');
  expect(text).toMatch(
    /✕ failing prod-eu-0 \S* ?scrape-canary \( ?amp ?\) for 3h 20m failing in 2 runs in a row, held back by mute weekly \(window\) · runbook/,
  );
  expect(text).toContain('not verified since 2026-11-20 09:00:00Z, for 3h');
  expect(text).toContain('never verified');
  expect(text).toContain('What is remembered of staging-eu-4 could not be read: the DynamoDB table');
});

test('of a thousand clusters the worst have a row, and the others are counted', () => {
  const thousand = drawEstate(estate(1000), drawing);
  expect(thousand.match(/<td class="cell/g)?.length).toBeGreaterThan(100);
  expect(thousand).toContain('and 960 more clusters: 960 ok');
  expect(drawn.thousand).toContain('and 960 more clusters: 960 failing');
  expect(drawn.thousand).toContain('and 53,985 more open incidents');
  expect(drawn.thousand).toContain('and 997 more reasons');
});

test('the colours are those of the theme', () => {
  const dark = drawEstate(estate(3), { ...drawing, view: { theme: 'dark', width: 1200 } });
  const colours = (markup: string) => new Set(markup.match(/#[0-9a-f]{6}/g));
  expect([...colours(dark)].filter((colour) => colours(drawn.usual).has(colour))).toEqual([]);
});
