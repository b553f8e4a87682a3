import * as health from '../../lib/health.ts';
import { failing, report, unknown } from '../report/reports.ts';

/** Everything that can break has, so that no metric is left out for being zero. */
const NOTHING_WORKS = { stage: 'live', defects: 1, forgotten: 1, undelivered: 1, at: 1_795_176_000_000 };

/** One line of every kind that `lib/health.ts` writes; the compiler and a test name a kind that is forgotten here. */
const lines: Readonly<Record<keyof typeof health, () => string>> = {
  clusterHealth: () => {
    const [cluster] = report({ 'prod-eu': [failing, unknown] }).clusters;
    if (!cluster) throw new Error('no cluster');
    return health.clusterHealth({ report: cluster, ...NOTHING_WORKS });
  },
  runHealth: () => health.runHealth({ durationMs: 812, clusters: 1, ...NOTHING_WORKS }),
  dispatchHealth: () =>
    health.dispatchHealth({
      durationMs: 812,
      sent: 1,
      unsent: 1,
      unseen: { overdue: 1, blind: 1, owing: 1 },
      ...NOTHING_WORKS,
    }),
};

interface Line {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** Every metric that the code can publish, as `Namespace Name` or `Namespace Name by Dimension, …`. */
export function published(): string[] {
  const all = Object.values(lines)
    .flatMap((line) => (JSON.parse(line()) as Line)._aws.CloudWatchMetrics)
    .flatMap(({ Namespace, Dimensions, Metrics }) =>
      Dimensions.flatMap((names) => Metrics.map(({ Name }) => metricName(Namespace, Name, names))),
    );
  return [...new Set(all)].sort();
}

export function metricName(namespace: string, name: string, dimensions: readonly string[]): string {
  return `${namespace} ${name}${dimensions.length === 0 ? '' : ` by ${[...dimensions].sort().join(', ')}`}`;
}

/** The metrics that a question of Metrics Insights reads, as `published` names them. */
export function metricsOfSql(sql: string): string[] {
  const [, names = '', namespace = '', dimensions = ''] =
    /^SELECT (.+?) FROM SCHEMA\("([^"]+)"((?:, *\w+)*)\) WHERE Stage = '[\w$-]+' GROUP BY/.exec(sql) ?? [];
  const of = dimensions.split(',').flatMap((name) => name.trim() || []);
  return [...names.matchAll(/\w+\((\w+)\)/g)].map(([, name = '']) => metricName(namespace, name, of));
}
