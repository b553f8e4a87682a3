import type { Question } from '../question.ts';

/** A question about a workspace as a person repeats it: a command, or a search expression for the metrics console. */
export function workspaceText(question: Question, region: string): string {
  switch (question.ask) {
    case 'status':
      return `aws amp describe-workspace --workspace-id ${question.place}`;
    case 'quota':
      return `aws service-quotas get-service-quota --service-code aps --quota-code ${question.code}`;
    case 'scrapers':
      return 'aws amp list-scrapers';
    case 'ruleFiles':
      return `aws amp list-rule-groups-namespaces --workspace-id ${question.place}`;
    case 'ruleHealth':
      return `awscurl --service aps --region ${region} https://aps-workspaces.${region}.amazonaws.com/workspaces/${question.place}/api/v1/rules`;
    case 'alertManager':
      return `aws amp describe-alert-manager-definition --workspace-id ${question.place}`;
    case 'usage':
      return search('AWS/Usage', `ResourceCount Resource="${question.resource}"`, question.place, 'Average');
    case 'discarded':
      return search('AWS/Prometheus', 'DiscardedSamples', question.place, 'Sum');
    case 'evaluations':
      return search(
        'AWS/Prometheus',
        '(RuleEvaluationFailures OR RuleGroupIterationsMissed)',
        question.place,
        'Sum',
      );
    case 'notifications':
      return search(
        'AWS/Prometheus',
        '(AlertManagerNotificationsFailed OR AlertManagerNotificationsThrottled)',
        question.place,
        'Sum',
      );
    default:
      return question.ask;
  }
}

function search(namespace: string, metric: string, place: string, statistic: string): string {
  return `SEARCH('Namespace="${namespace}" MetricName=${metric} "${place}"', '${statistic}', 300)`;
}
