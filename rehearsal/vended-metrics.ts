import { type ContributionSource, type SteadyMetric, steadyMetrics } from './metric-store.ts';

type Course = Pick<SteadyMetric, 'since' | 'until' | 'interval' | 'value'>;

/** What AMP publishes about a workspace. A metric that is left out does not exist, which AMP takes for zero. */
export interface VendedMetrics {
  readonly workspace: string;
  /** Samples a second. */
  readonly ingestionRate?: Course;
  readonly activeSeries?: Course;
  /** Samples a minute, by reason. */
  readonly discarded?: Readonly<Record<string, Course>>;
  /** Evaluations a minute, by `NAMESPACE;GROUP`. */
  readonly ruleFailures?: Readonly<Record<string, Course>>;
  readonly iterationsMissed?: Readonly<Record<string, Course>>;
  readonly alertsReceived?: Course;
  readonly notificationsFailed?: Course;
  readonly notificationsThrottled?: Course;
  /** What the dimension of a discard's reason is called; AWS does not say. */
  readonly reasonDimension?: string;
  readonly workspaceDimension?: string;
}

/** The metrics of a workspace in `AWS/Usage` and `AWS/Prometheus`, with the dimensions that they have there. */
export function vendedMetrics(of: VendedMetrics): ContributionSource {
  const { workspace, reasonDimension = 'Reason', workspaceDimension = 'Workspace' } = of;
  const usage = (Resource: string, course: Course | undefined): SteadyMetric[] =>
    course === undefined
      ? []
      : [
          {
            namespace: 'AWS/Usage',
            name: 'ResourceCount',
            dimensions: {
              Service: 'Prometheus',
              Type: 'Resource',
              Class: 'None',
              ResourceId: workspace,
              Resource,
            },
            ...course,
          },
        ];
  const counter = (
    name: string,
    course: Course | undefined,
    more: Record<string, string> = {},
  ): SteadyMetric[] =>
    course === undefined
      ? []
      : [
          {
            namespace: 'AWS/Prometheus',
            name,
            dimensions: { [workspaceDimension]: workspace, ...more },
            ...course,
          },
        ];
  const each = (
    name: string,
    dimension: string,
    courses: Readonly<Record<string, Course>> = {},
  ): SteadyMetric[] =>
    Object.entries(courses).flatMap(([value, course]) => counter(name, course, { [dimension]: value }));
  return steadyMetrics([
    ...usage('IngestionRate', of.ingestionRate),
    ...usage('ActiveSeries', of.activeSeries),
    ...each('DiscardedSamples', reasonDimension, of.discarded),
    ...each('RuleEvaluationFailures', 'RuleGroup', of.ruleFailures),
    ...each('RuleGroupIterationsMissed', 'RuleGroup', of.iterationsMissed),
    ...counter('AlertManagerAlertsReceived', of.alertsReceived),
    ...counter('AlertManagerNotificationsFailed', of.notificationsFailed),
    ...counter('AlertManagerNotificationsThrottled', of.notificationsThrottled),
  ]);
}
