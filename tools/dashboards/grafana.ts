import {
  type Dashboard,
  type DataSourceRef,
  DashboardCursorSync,
  type Panel,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/schema';
import {
  type CloudWatchLogsQuery,
  type CloudWatchMetricsQuery,
  MetricEditorMode,
  MetricQueryType,
} from '@grafana/schema/dist/esm/raw/composable/cloudwatch/dataquery/x/CloudWatchDataQuery_types.gen';
import { type Graph, graphs, type LogQuestion, logQuestions, type Shown } from './shown.ts';
import { labelOf, worstClusters } from './sql.ts';

/** Every Grafana since 10.4 reads it, and brings it up to date by itself. */
const SCHEMA_VERSION = 39;
const COLUMNS = 24;
const HEIGHT = 8;

const datasource: DataSourceRef = { type: 'cloudwatch', uid: '${datasource}' };

/** What the dashboard asks of who looks at it. */
const variables: VariableModel[] = [
  {
    name: 'datasource',
    label: 'CloudWatch',
    type: 'datasource',
    query: 'cloudwatch',
    refresh: VariableRefresh.onDashboardLoad,
  },
  {
    name: 'region',
    label: 'Region of the stack',
    type: 'query',
    datasource,
    query: { queryType: 'regions', refId: 'regions' },
    refresh: VariableRefresh.onDashboardLoad,
    sort: VariableSort.alphabeticalAsc,
    current: { text: 'eu-west-1', value: 'eu-west-1' },
  },
  {
    ...valuesOf('Stage', 'Ticks', {}),
    name: 'stage',
    label: 'Stage',
    current: { text: 'live', value: 'live' },
  },
  { ...valuesOf('Cluster', 'FailingSignals', { Stage: '$stage' }), name: 'cluster', label: 'Cluster' },
];

/** The values that a dimension of a metric has. */
function valuesOf(
  dimensionKey: string,
  metricName: string,
  dimensionFilters: Record<string, string>,
): Omit<VariableModel, 'name'> {
  return {
    type: 'query',
    datasource,
    query: {
      queryType: 'dimensionValues',
      refId: dimensionKey.toLowerCase(),
      region: '$region',
      namespace: 'Plumbline',
      metricName,
      dimensionKey,
      dimensionFilters,
    },
    refresh: VariableRefresh.onTimeRangeChanged,
    sort: VariableSort.alphabeticalAsc,
  };
}

/** The dashboard for Grafana 10.4 and later, such as Amazon Managed Grafana, by a CloudWatch data source. */
export function grafanaDashboard(): Dashboard {
  const drawn = [...graphs.map(graphPanel), oneCluster(), ...logQuestions.map(logPanel)];
  return {
    title: 'Plumbline',
    uid: 'plumbline',
    description: 'Whether what the collectors send arrives, and how Plumbline itself fares.',
    tags: ['plumbline'],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: 'now-3h', to: 'now' },
    refresh: '5m',
    timezone: 'utc',
    templating: { list: variables },
    panels: drawn.map((panel, at) => ({
      ...panel,
      id: at + 1,
      datasource,
      gridPos: {
        x: (at % 2) * (COLUMNS / 2),
        y: Math.floor(at / 2) * HEIGHT,
        w: COLUMNS / 2,
        h: HEIGHT,
      },
    })),
  };
}

function graphPanel(graph: Graph): Panel {
  const { title, says, by, unit } = graph;
  return {
    type: 'timeseries',
    title,
    description: says,
    fieldConfig: { defaults: { unit: unit === 'count' ? 'short' : 'ms', min: 0 }, overrides: [] },
    targets: graph.shown.map((one, at) => ({
      ...(by === 'cluster' ? byCluster(one, at) : metric(one, at, { Stage: '$stage' })),
      ...(by === 'stage' ? { label: labelOf(graph, one) } : {}),
    })),
  };
}

/** What is reported of the cluster that was chosen. */
function oneCluster(): Panel {
  const of = new Map(
    graphs.filter(({ by }) => by === 'cluster').flatMap(({ shown }) => shown.map((one) => [one.metric, one])),
  );
  return {
    type: 'timeseries',
    title: 'Cluster $cluster',
    description: 'Everything that is reported of the cluster that was chosen above.',
    fieldConfig: { defaults: { unit: 'short', min: 0 }, overrides: [] },
    targets: [...of.values()].map((one, at) => ({
      ...metric(one, at, { Stage: '$stage', Cluster: '$cluster' }),
      label: one.metric,
    })),
  };
}

function metric({ metric, statistic }: Shown, at: number, dimensions: Record<string, string>) {
  return {
    ...common(at),
    metricQueryType: MetricQueryType.Search,
    metricEditorMode: MetricEditorMode.Builder,
    metricName: metric,
    statistic,
    dimensions,
    matchExact: true,
  } satisfies CloudWatchMetricsQuery;
}

function byCluster(one: Shown, at: number) {
  return {
    ...common(at),
    metricQueryType: MetricQueryType.Insights,
    metricEditorMode: MetricEditorMode.Code,
    sqlExpression: worstClusters(one, '$stage'),
  } satisfies CloudWatchMetricsQuery;
}

function common(at: number) {
  return {
    refId: refId(at),
    id: '',
    datasource,
    queryMode: 'Metrics',
    namespace: 'Plumbline',
    region: '$region',
    period: '300',
  } satisfies CloudWatchMetricsQuery;
}

function logPanel({ title, says, query, view }: LogQuestion): Panel {
  const target = {
    refId: refId(0),
    id: '',
    datasource,
    queryMode: 'Logs',
    region: '$region',
    logGroupNames: ['/aws/lambda/plumbline-$stage-verify'],
    expression: query,
    ...(view === 'timeSeries' ? { statsGroups: ['bin(5m)'] } : {}),
  } satisfies CloudWatchLogsQuery;
  return {
    type: view === 'table' ? 'table' : 'timeseries',
    title,
    description: says,
    fieldConfig: { defaults: view === 'table' ? {} : { unit: 'short', min: 0 }, overrides: [] },
    targets: [target],
  };
}

/** `A`, `B`, … */
function refId(at: number): string {
  return String.fromCharCode(65 + at);
}
