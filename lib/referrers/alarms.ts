import type { CompositeAlarm, Metric, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { printable } from '../printable.ts';
import { promqlUses } from './promql-uses.ts';
import type { Referrer, Use } from './questions.ts';

/** An alarm, and of a composite one the names of those that it depends on. */
export interface Alarm extends Referrer {
  readonly id: string;
  readonly of: readonly string[];
}

/** Composite alarms on composite alarms are followed so far. */
const MOST_STEPS = 5;
const MOST_CHILDREN = 500;
const NOTHING: Use['words'] = new Set();

/** What a metric alarm looks at: a metric, the metrics of an expression, or a PromQL query. */
export function metricAlarm({
  AlarmName = '',
  Namespace,
  MetricName,
  Dimensions,
  Metrics,
  EvaluationCriteria,
}: MetricAlarm): Alarm {
  const metric = { Namespace, MetricName, Dimensions };
  const uses = [
    ...(MetricName === undefined ? [] : [seriesUse(metric, undefined)]),
    ...(Metrics ?? []).flatMap(({ MetricStat, AccountId, Expression }) => [
      ...(MetricStat?.Metric ? [seriesUse(MetricStat.Metric, AccountId)] : []),
      ...(Expression === undefined ? [] : searchUses(Expression, AccountId)),
    ]),
    ...promqlUses(EvaluationCriteria?.PromQLCriteria?.Query ?? ''),
  ];
  return { id: AlarmName, name: called(AlarmName), uses, of: [] };
}

function called(name: string): string {
  return `alarm ${printable(name, 120)}`;
}

function seriesUse(
  { Namespace, MetricName = '', Dimensions = [] }: Metric,
  account: string | undefined,
): Use {
  const dimensions = new Map(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value] as const));
  return { metric: MetricName, namespace: Namespace, account, dimensions, match: [], words: NOTHING };
}

/** `SEARCH('{NAMESPACE,LABEL} MetricName="NAME"', …)` and `SELECT AVG(NAME) FROM "NAMESPACE"`: the first word is the namespace. */
const NAMESPACES = /\{\s*"?([^,}"]+)"?|\bFROM\s+(?:SCHEMA\s*\(\s*)?(?:"([^"]+)"|([^\s",)]+))/giu;
const WORDS = /"((?:[^"\\]|\\.)*)"|[^\s"'(){},=]+/gu;

/** A search names metrics by words: every word may be one. Only those of a question's own namespace and metric count. */
function searchUses(expression: string, account: string | undefined): readonly Use[] {
  const namespaces = [...expression.matchAll(NAMESPACES)].map(([, a, b, c]) => (a ?? b ?? c ?? '').trim());
  if (namespaces.length === 0) return [];
  const words = new Set([...expression.matchAll(WORDS)].map(([word, quoted]) => quoted ?? word));
  return namespaces.flatMap((namespace) =>
    [...words].map((metric) => ({ metric, namespace, account, match: [], words })),
  );
}

const DEPENDS = /\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"((?:[^"\\]|\\.)*)"|([^()\s"]+))\s*\)/gu;
const ARN = /^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.*)$/su;

/** The alarms that a composite one names, by name or ARN. */
export function compositeAlarm({ AlarmName = '', AlarmRule = '' }: CompositeAlarm): Alarm {
  const of = [...AlarmRule.matchAll(DEPENDS)].map(([, quoted, bare = '']) => {
    const name = quoted?.replace(/\\(.)/gsu, '$1') ?? bare;
    return ARN.exec(name)?.[1] ?? name;
  });
  return { id: AlarmName, name: called(AlarmName), uses: [], of };
}

/** The alarms, composite ones with what those look at that they depend on. */
export function alarmReferrers(alarms: readonly Alarm[]): readonly Referrer[] {
  const byId = new Map(alarms.map((alarm) => [alarm.id, alarm]));
  return alarms.map((alarm) => {
    if (alarm.of.length === 0) return alarm;
    const seen = new Set([alarm]);
    let due = [alarm];
    for (let step = 0; step < MOST_STEPS && due.length > 0 && seen.size < MOST_CHILDREN; step += 1) {
      due = due.flatMap(({ of }) => of.flatMap((id) => byId.get(id) ?? [])).filter((one) => !seen.has(one));
      for (const one of due) seen.add(one);
    }
    return { name: alarm.name, uses: [...seen].flatMap(({ uses }) => uses) };
  });
}
