import { searchText } from '../cloudwatch/text.ts';
import type { Matcher } from '../config/values.ts';
import type { Question, SeriesQuestion } from '../question.ts';
import { identifierOf } from './client.ts';
import { emfErrorMetrics, isAboutLogs, type LogGroupPlace } from './questions.ts';

/** The question as a person repeats it: a search expression for the metrics console, or a command of the AWS CLI. */
export function logsText(question: Question, region: string): string {
  if ('of' in question) return seriesText(question);
  if (!isAboutLogs(question)) return question.ask;
  const { account } = question;
  const identifier = identifierOf(question, region);
  switch (question.ask) {
    case 'logGroup':
      return `aws logs describe-log-groups --log-group-identifiers ${identifier}${account === undefined ? '' : ' --include-linked-accounts'}`;
    case 'strayStreams':
      return `aws logs describe-log-streams --log-group-identifier ${identifier} --order-by LastEventTime --descending`;
    case 'embeddedMetrics':
      return vendedText(question, emfErrorMetrics[0]).replace(
        `"${emfErrorMetrics[0]}"`,
        `(${emfErrorMetrics.map((metric) => `"${metric}"`).join(' OR ')})`,
      );
    case 'elsewhere':
      return vendedText({ ...question, place: 'undefined' }, 'IncomingLogEvents');
  }
}

/** A count of a log group, or of the metric that is made of its events. */
function seriesText(question: SeriesQuestion): string {
  const { place, account, metric } = question.of;
  if (place === undefined) return searchText(question);
  return vendedText({ place, ...(account === undefined ? {} : { account }) }, metric);
}

function vendedText({ place, account }: LogGroupPlace, metric: string): string {
  const match: Matcher[] = [{ label: 'LogGroupName', operator: '=', value: place }];
  if (account !== undefined) match.push({ label: ':aws.AccountId', operator: '=', value: account });
  return searchText(
    { ask: 'newest', of: { namespace: 'AWS/Logs', metric, match }, by: [], withinMs: 0 },
    'Sum',
  );
}
