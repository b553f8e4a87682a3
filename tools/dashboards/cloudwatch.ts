import { type Graph, graphs, type LogQuestion, logQuestions } from './shown.ts';
import { labelOf, worstClusters } from './sql.ts';

/** What CloudFormation fills in (`Fn::Sub`); by hand it is replaced as docs/health.md says. */
const REGION = '${AWS::Region}';
const STAGE = '${Stage}';
const WIDGET = '${WidgetLambdaFunction.Arn}';
const LOG_GROUP = '${VerifyLogGroup}';

const COLUMNS = 24;
const MATRIX_HEIGHT = 12;
const HEIGHT = 6;

/** The body of the CloudWatch dashboard: the health matrix, a graph for each metric, and what the log tells. */
export function cloudWatchDashboard() {
  const matrix = {
    type: 'custom',
    x: 0,
    y: 0,
    width: COLUMNS,
    height: MATRIX_HEIGHT,
    properties: {
      title: 'Health of all clusters',
      endpoint: WIDGET,
      updateOn: { refresh: true, resize: true, timeRange: false },
    },
  };
  const width = COLUMNS / 2;
  const pairs = [...graphs.map(metricWidget), ...logQuestions.map(logWidget)].map((widget, at) => ({
    ...widget,
    x: (at % 2) * width,
    y: MATRIX_HEIGHT + Math.floor(at / 2) * HEIGHT,
    width,
    height: HEIGHT,
  }));
  return { start: '-PT3H', periodOverride: 'inherit', widgets: [matrix, ...pairs] };
}

function metricWidget(graph: Graph) {
  const { title, by, shown, unit } = graph;
  return {
    type: 'metric',
    properties: {
      title,
      view: 'timeSeries',
      region: REGION,
      period: 300,
      metrics: shown.map((one, at) =>
        by === 'cluster'
          ? [{ expression: worstClusters(one, STAGE), id: `q${at + 1}`, period: 300 }]
          : ['Plumbline', one.metric, 'Stage', STAGE, { stat: one.statistic, label: labelOf(graph, one) }],
      ),
      yAxis: { left: { min: 0, label: unit, showUnits: false } },
    },
  };
}

function logWidget({ title, query, view }: LogQuestion) {
  return {
    type: 'log',
    properties: {
      title,
      view,
      region: REGION,
      query: `SOURCE '${LOG_GROUP}' | ${query}`,
      ...(view === 'timeSeries' ? { stacked: false } : {}),
    },
  };
}
