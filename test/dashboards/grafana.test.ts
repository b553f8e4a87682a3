import { readFileSync } from 'node:fs';
import type { Dashboard, Panel } from '@grafana/schema';
import type { CloudWatchMetricsQuery } from '@grafana/schema/dist/esm/raw/composable/cloudwatch/dataquery/x/CloudWatchDataQuery_types.gen';
import { describe, expect, test } from 'vitest';
import { reasons } from '../../lib/evidence.ts';
import { grafanaDashboard } from '../../tools/dashboards/grafana.ts';
import { ROOT } from '../support/process.ts';
import { metricName, metricsOfSql, published } from './published.ts';

const file: unknown = JSON.parse(readFileSync(`${ROOT}dashboards/grafana.json`, 'utf8'));
const dashboard: Dashboard = grafanaDashboard();
const panels = (dashboard.panels ?? []) as Panel[];
const targets = panels.flatMap((panel) => panel.targets ?? []);

test('the file is what npm run dashboards writes', () => {
  expect(file).toEqual(dashboard);
});

/** The types of Grafana's schema are the schema: each line fails to compile if they take what is wrong. */
test('the types of Grafana refuse what is wrong', () => {
  const wrong: unknown[] = [
    // @ts-expect-error a dashboard has a version of its schema
    { title: 'x' } satisfies Dashboard,
    // @ts-expect-error a panel has a type
    { title: 'x' } satisfies Panel,
    // @ts-expect-error a place has a height
    { type: 'x', gridPos: { x: 0, y: 0, w: 1 } } satisfies Panel,
    // @ts-expect-error a misspelt key
    { type: 'x', titel: 'x' } satisfies Panel,
    // @ts-expect-error a mode that there is not
    { refId: 'A', id: '', namespace: 'x', region: 'x', queryMode: 'Metric' } satisfies CloudWatchMetricsQuery,
  ];
  expect(wrong).toHaveLength(5);
});

test('panels have ids and places of their own, inside of the 24 columns', () => {
  const ids = panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { gridPos } of panels) {
    const { x, y, w, h } = gridPos ?? expect.unreachable();
    expect(x + w).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column += 1)
      for (let row = y; row < y + h; row += 1) {
        expect(taken.has(`${column},${row}`)).toBe(false);
        taken.add(`${column},${row}`);
      }
  }
  for (const { targets = [] } of panels) {
    const refIds = targets.map(({ refId }) => refId);
    expect(new Set(refIds).size).toBe(refIds.length);
  }
});

test('every panel says what it means, and asks the data source and region that were chosen', () => {
  const names = (dashboard.templating?.list ?? []).map(({ name }) => name);
  expect(names).toEqual(['datasource', 'region', 'stage', 'cluster']);
  for (const { description } of panels) expect(description).toMatch(/\w/);
  for (const asked of [...panels, ...targets])
    expect(asked).toMatchObject({ datasource: { type: 'cloudwatch', uid: '${datasource}' } });
  for (const { region } of targets) expect(region).toBe('$region');
  const used = new Set([...JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name));
  expect(used).toEqual(new Set(names));
});

describe('what it shows', () => {
  test('are exactly the metrics that the code publishes', () => {
    const queries = targets.filter(
      ({ queryMode }) => queryMode === 'Metrics',
    ) as readonly Partial<CloudWatchMetricsQuery>[];
    const shown = queries.flatMap(
      ({ sqlExpression, namespace = '', metricName: name = '', dimensions = {} }) =>
        sqlExpression === undefined
          ? metricName(namespace, name, Object.keys(dimensions))
          : metricsOfSql(sqlExpression),
    );
    expect([...new Set(shown)].sort()).toEqual(published());
  });

  test('are all reasons why something cannot be observed', () => {
    for (const reason of reasons) expect(JSON.stringify(targets)).toContain(`reasons.${reason}`);
  });
});
