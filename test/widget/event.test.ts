import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWidgetEvent } from '../../lib/widget/event.ts';

const view = { theme: 'light', width: 1200 };

test('the console asks what the widget is', () => {
  expect(readWidgetEvent({ describe: true })).toEqual({ what: 'documentation' });
});

test('an event without anything is all clusters, as usual dashboards look', () => {
  for (const event of [undefined, null, {}, [], 'x', { describe: false }])
    expect(readWidgetEvent(event)).toEqual({ what: 'estate', clusters: [], view });
});

test('the dashboard says how it looks', () => {
  const widgetContext = { theme: 'dark', width: 588, height: 369, params: { clusters: ['a'] } };
  expect(readWidgetEvent({ clusters: ['a'], widgetContext })).toEqual({
    what: 'estate',
    clusters: ['a'],
    view: { theme: 'dark', width: 588 },
  });
});

test('a click asks for one cluster', () => {
  expect(readWidgetEvent({ cluster: 'a', widgetContext: {} })).toEqual({
    what: 'cluster',
    cluster: 'a',
    view,
  });
});

test.each([
  [{ clusters: 'a' }, 'clusters is not a list of names'],
  [{ clusters: [1] }, 'clusters is not a list of names'],
  [{ cluster: 1 }, 'cluster is not a name'],
  [{ clustres: ['a'] }, '"clustres" is not a known key; did you mean "clusters"?'],
])('%j is told what is wrong with it', (event, problem) => {
  expect(readWidgetEvent(event)).toEqual({ problems: [expect.stringContaining(problem)], view });
});

test('whatever comes, it throws nothing', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (event, widgetContext) => {
      readWidgetEvent(event);
      const read = readWidgetEvent({ widgetContext });
      expect(read).toMatchObject({ view: { theme: expect.stringMatching(/^(light|dark)$/) as string } });
    }),
  );
});
