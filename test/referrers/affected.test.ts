import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Matcher } from '../../lib/config/values.ts';
import { affected } from '../../lib/referrers/affected.ts';
import { alarmReferrers, compositeAlarm, metricAlarm } from '../../lib/referrers/alarms.ts';
import { promqlUses } from '../../lib/referrers/promql-uses.ts';
import type { Loss, ReferrersQuestion } from '../../lib/referrers/questions.ts';
import { type Rule, ruleReferrers } from '../../lib/referrers/rules.ts';

const asked = (over: Partial<ReferrersQuestion> = {}): ReferrersQuestion => ({
  ask: 'referrers',
  metric: 'served',
  match: [],
  lost: [{ silent: [] }],
  ...over,
});
const equals = (label: string, value: string): Matcher => ({ label, operator: '=', value });

describe('rules', () => {
  const rule = (name: string, query: string, records = false): Rule => ({
    group: 'shop',
    name,
    query,
    records,
  });
  const blind = async (rules: readonly Rule[], over: Partial<ReferrersQuestion> = {}) =>
    (await affected(ruleReferrers(rules), asked(over))).names;
  const isBlind = async (query: string, over: Partial<ReferrersQuestion> = {}) =>
    (await blind([rule('r', query)], over)).length > 0;

  test.each([
    'served',
    'sum(rate(served[5m])) > 1',
    'sum by (job) (rate(served{job="a"}[5m]))',
    '{__name__="served"}',
    '{"served", job="a"}',
    'absent(up) or served{job!="b"} offset 5m',
    "served{job=~'a|b'}",
    'served # the one',
    'x{a="}"} + served',
  ])('that read the metric are blind: %s', async (query) => {
    expect(await isBlind(query, { lost: [{ silent: [['job', 'a']] }] })).toBe(true);
  });

  test.each([
    'served_total',
    'sum(x{served="a"})',
    'label_replace(x, "a", "served", "", "")',
    'x # served',
    'served{job="b"}',
    'served{job!="a"}',
    'served{job=~"b.*"}',
    '`served`',
    '',
  ])('that read something else are not: %s', async (query) => {
    expect(await isBlind(query, { lost: [{ silent: [['job', 'a']] }] })).toBe(false);
  });

  test('of another cluster than the signal’s are not blind', async () => {
    const match = [equals('cluster', 'prod-eu')];
    expect(await isBlind('served{cluster="prod-us"}', { match })).toBe(false);
    expect(await isBlind('served{cluster="prod-eu"}', { match })).toBe(true);
    expect(await isBlind('served', { match })).toBe(true);
  });

  test('that look at nothing else than what is lost come first', async () => {
    const rules = [rule('all', 'sum(served)'), rule('just-a', 'served{job="a"}')];
    expect(await blind(rules, { lost: [{ silent: [['job', 'a']] }] })).toEqual([
      'rule shop/just-a',
      'rule shop/all',
    ]);
  });

  test('that read what a blind one records are blind too, in a circle as well', async () => {
    const rules = [
      rule('job:served:rate', 'rate(served[5m])', true),
      rule('HighLatency', 'job:served:rate > 1'),
      rule('a', 'b + job:served:rate', true),
      rule('b', 'a', true),
      rule('Other', 'up == 0'),
    ];
    expect(await blind(rules)).toEqual(
      ['job:served:rate', 'HighLatency', 'a', 'b'].map((name) => `rule shop/${name}`),
    );
  });

  test('that name a label which is gone are blind', async () => {
    const lost: Loss[] = [{ label: 'namespace' }];
    expect(await isBlind('sum by (namespace) (served)', { lost })).toBe(true);
    expect(await isBlind('served{namespace="shop"}', { lost })).toBe(true);
    expect(await isBlind('sum by (job) (served)', { lost })).toBe(false);
  });

  test('whatever they hold is read in time and harmless', async () => {
    const evil = `served{a="${'\\'.repeat(50_000)}`;
    expect(promqlUses(evil.repeat(100)).length).toBeLessThan(100_000);
    const named = await blind([{ ...rule('\u001b[2J\n@here', 'served'), group: '__proto__'.repeat(1e4) }]);
    expect(named[0]?.length).toBeLessThan(140);
    expect(named[0]).toMatch(/^[^\p{Cc}]+$/u);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (query) => Array.isArray(promqlUses(query))));
  });
});

describe('alarms', () => {
  const dimensions = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([Name, Value]) => ({ Name, Value }));
  const alarm = (AlarmName: string, over: Partial<MetricAlarm> = {}): MetricAlarm => ({
    AlarmName,
    Namespace: 'shop',
    MetricName: 'served',
    Dimensions: dimensions({ Cluster: 'prod-eu', Pod: 'a' }),
    ...over,
  });
  const math = (...Metrics: NonNullable<MetricAlarm['Metrics']>): Partial<MetricAlarm> => ({
    Namespace: undefined,
    MetricName: undefined,
    Dimensions: undefined,
    Metrics,
  });
  const Metric = { Namespace: 'shop', MetricName: 'served', Dimensions: dimensions({ Cluster: 'prod-eu' }) };
  const match = [equals('Cluster', 'prod-eu')];
  const blind = async (
    alarms: readonly MetricAlarm[],
    over: Partial<ReferrersQuestion> = {},
    rules: Readonly<Record<string, string>> = {},
  ) => {
    const composite = Object.entries(rules).map(([AlarmName, AlarmRule]) =>
      compositeAlarm({ AlarmName, AlarmRule }),
    );
    const all = alarmReferrers([...alarms.map(metricAlarm), ...composite]);
    return (await affected(all, asked({ namespace: 'shop', match, ...over }))).names;
  };

  test('on the very series are blind, those on other namespaces, metrics and clusters are not', async () => {
    const alarms = [
      alarm('a'),
      alarm('b', { Namespace: 'other' }),
      alarm('c', { MetricName: 'other' }),
      alarm('d', { Dimensions: dimensions({ Cluster: 'prod-us', Pod: 'a' }) }),
      alarm('e', { Dimensions: [] }),
    ];
    expect(await blind(alarms)).toEqual(['alarm a']);
  });

  test('are blind by what is lost: a group, a set of dimensions, a label', async () => {
    const alarms = [alarm('pod'), alarm('whole', { Dimensions: Metric.Dimensions })];
    expect(await blind(alarms, { lost: [{ silent: [['Pod', 'a']] }] })).toEqual(['alarm pod']);
    expect(await blind(alarms, { lost: [{ silent: [['Pod', 'b']] }] })).toEqual([]);
    expect(await blind(alarms, { lost: [{ silent: [['Pod', '']] }] })).toEqual(['alarm whole']);
    expect(await blind(alarms, { lost: [{ set: ['Cluster'] }] })).toEqual(['alarm whole']);
    expect(await blind(alarms, { lost: [{ label: 'Pod' }] })).toEqual(['alarm pod']);
  });

  test('on metric math, searches and Metrics Insights are blind with any metric of theirs', async () => {
    const stat = { Metric, Period: 60, Stat: 'Sum' };
    const alarms = [
      alarm('math', math({ Id: 'e', Expression: 'm / 2' }, { Id: 'm', MetricStat: stat })),
      alarm('search', math({ Id: 's', Expression: `SEARCH('{shop,Cluster} MetricName="served"', 'Sum')` })),
      alarm('insights', math({ Id: 'q', Expression: 'SELECT AVG(served) FROM SCHEMA("shop", Cluster)' })),
      alarm('elsewhere', math({ Id: 'q', Expression: 'SELECT AVG(served) FROM "other"' })),
      alarm('linked', math({ Id: 'm', AccountId: '444455556666', MetricStat: stat })),
    ];
    expect(await blind(alarms)).toEqual(['alarm math', 'alarm search', 'alarm insights']);
    expect(await blind(alarms, { account: '444455556666' })).toEqual(['alarm linked']);
  });

  test('that depend on a blind one are blind, whatever way they name it, and however deep', async () => {
    const rules = {
      direct: 'ALARM("a") OR OK(other)',
      deep: 'NOT ALARM(direct)',
      arn: 'ALARM("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a")',
      circle: 'ALARM(circle) AND ALARM(deep)',
      other: 'ALARM(b) AND TRUE',
    };
    expect(await blind([alarm('a')], {}, rules)).toEqual(
      ['a', 'direct', 'deep', 'arn', 'circle'].map((name) => `alarm ${name}`),
    );
  });

  test('on PromQL are blind with the OpenTelemetry metric, not with one of a namespace', async () => {
    const promql: Partial<MetricAlarm> = {
      Namespace: undefined,
      MetricName: undefined,
      EvaluationCriteria: { PromQLCriteria: { Query: 'sum(rate(served[5m])) > 9' } },
    };
    const referrers = alarmReferrers([metricAlarm(alarm('otel', promql))]);
    expect((await affected(referrers, asked())).names).toEqual(['alarm otel']);
    expect((await affected(referrers, asked({ namespace: 'shop' }))).names).toEqual([]);
  });

  test('are named up to twenty, the rest counted', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => metricAlarm(alarm(`alarm ${index}`)));
    const { names, more } = await affected(alarmReferrers(many), asked({ namespace: 'shop' }));
    expect([names.length, more]).toEqual([20, 4980]);
  });

  test('with hostile names and rules are read in time', async () => {
    const name = `\u202e"]}\n${'x'.repeat(5000)}`;
    const rule = `ALARM(${'"\\'.repeat(5000)}`;
    const [only] = await blind([alarm(name)], {}, { evil: rule });
    expect(only).toMatch(/^alarm \\u202e"\]\} x+…$/u);
  });
});
