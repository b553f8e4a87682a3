import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { reasons } from '../../lib/evidence.ts';
import { cloudWatchDashboard } from '../../tools/dashboards/cloudwatch.ts';
import { ROOT } from '../support/process.ts';
import { dashboardBody } from './dashboard-body.ts';
import { metricName, metricsOfSql, published } from './published.ts';

const file = readFileSync(`${ROOT}dashboards/cloudwatch.json`, 'utf8');

/** As CloudFormation fills it in. */
const filled = file
  .replaceAll('${AWS::Region}', 'eu-west-1')
  .replaceAll('${Stage}', 'live')
  .replaceAll(
    '${WidgetLambdaFunction.Arn}',
    'arn:aws:lambda:eu-west-1:111122223333:function:plumbline-live-widget',
  )
  .replaceAll('${VerifyLogGroup}', '/aws/lambda/plumbline-live-verify');

type Widget = {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
};
const body = () => JSON.parse(filled) as { start: string; widgets: Widget[] };

const isValid = new Ajv({
  allErrors: true,
  strict: true,
  strictTuples: false,
  strictRequired: false,
}).compile(dashboardBody);
const errorsOf = (value: unknown): string[] =>
  isValid(value)
    ? []
    : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
const widgetOf = (widgets: readonly Widget[], type: string): Widget =>
  widgets.find((one) => one.type === type) ?? expect.unreachable();

test('the file is what npm run dashboards writes', () => {
  expect(JSON.parse(file)).toEqual(cloudWatchDashboard());
});

test('filled in, it is a body as CloudWatch takes it', () => {
  expect(filled).not.toContain('${');
  expect(errorsOf(body())).toEqual([]);
  expect(errorsOf(JSON.parse(file))).not.toEqual([]);
});

test.each<[string, (of: ReturnType<typeof body>) => void]>([
  ['a key of the body that is not known', (of) => Object.assign(of, { widget: [] })],
  ['no widgets', (of) => Object.assign(of, { widgets: undefined })],
  ['a start that is no time', (of) => (of.start = 'PT3H')],
  ['a type of widget that there is not', ({ widgets }) => (widgetOf(widgets, 'log').type = 'logs')],
  ['a widget beyond the grid', ({ widgets }) => (widgetOf(widgets, 'log').x = 24)],
  ['a widget without a region', ({ widgets }) => delete widgetOf(widgets, 'metric').properties['region']],
  ['a region of another kind', ({ widgets }) => (widgetOf(widgets, 'log').properties['region'] = 'Ireland')],
  [
    'a metric that is no list',
    ({ widgets }) => (widgetOf(widgets, 'metric').properties['metrics'] = ['Plumbline']),
  ],
  [
    'a statistic that there is not',
    ({ widgets }) => (widgetOf(widgets, 'metric').properties['stat'] = 'Max'),
  ],
  ['a misspelt property', ({ widgets }) => (widgetOf(widgets, 'metric').properties['titel'] = 'x')],
  [
    'a question that names no log group',
    ({ widgets }) => (widgetOf(widgets, 'log').properties['query'] = 'filter a'),
  ],
  [
    'an endpoint that is no function',
    ({ widgets }) => (widgetOf(widgets, 'custom').properties['endpoint'] = 'plumbline'),
  ],
])('the schema refuses %s', (_what, spoil) => {
  const spoilt = body();
  spoil(spoilt);
  expect(errorsOf(spoilt)).not.toEqual([]);
});

test('no widget lies over another, and none leaves the grid', () => {
  const taken = new Set<string>();
  for (const { x, y, width, height } of body().widgets) {
    expect(x + width).toBeLessThanOrEqual(24);
    for (let column = x; column < x + width; column += 1)
      for (let row = y; row < y + height; row += 1) {
        expect(taken.has(`${column},${row}`)).toBe(false);
        taken.add(`${column},${row}`);
      }
  }
});

describe('what it shows', () => {
  type Entry = readonly [string | { readonly expression: string }, ...(string | object)[]];
  const entries = body().widgets.flatMap(
    ({ properties }) => (properties['metrics'] as Entry[] | undefined) ?? [],
  );
  const shown = entries.flatMap(([first, ...rest]) => {
    if (typeof first !== 'string') return metricsOfSql(first.expression);
    const [name = '', ...pairs] = rest.filter((one) => typeof one === 'string');
    return metricName(
      first,
      name,
      pairs.filter((_, at) => at % 2 === 0),
    );
  });

  test('are exactly the metrics that the code publishes', () => {
    expect([...new Set(shown)].sort()).toEqual(published());
  });

  test('are all reasons why something cannot be observed', () => {
    const queries = body().widgets.map(({ properties }) => String(properties['query']));
    for (const reason of reasons)
      expect(queries.join()).toContain(`sum(\`reasons.${reason}\`) as ${reason.replaceAll('-', '_')}`);
  });

  test('is the health matrix', () => {
    expect(widgetOf(body().widgets, 'custom').properties['endpoint']).toMatch(/-widget$/);
  });
});
