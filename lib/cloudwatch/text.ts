import type { SeriesQuestion } from '../question.ts';

/**
 * The question as a person repeats it: a search expression for the metrics console, or the command that lists the sets of
 * dimensions. Matchers other than equality stand beside it.
 */
export function searchText(question: SeriesQuestion, stat = 'SampleCount'): string {
  const { namespace = '', metric, match, account } = question.of;
  if (question.ask === 'keySets' || question.ask === 'keySetCounts') {
    const owner = account === undefined ? '' : ` --include-linked-accounts --owning-account ${account}`;
    return `aws cloudwatch list-metrics --namespace ${shell(namespace)} --metric-name ${shell(metric)} --recently-active PT3H${owner}`;
  }
  const equal = match.filter(({ operator, value }) => operator === '=' && value !== '');
  const others = match.filter((matcher) => !equal.includes(matcher));
  const terms = [
    ...(account === undefined ? [] : [`:aws.AccountId=${term(account)}`]),
    `Namespace=${term(namespace)}`,
    `MetricName=${term(metric)}`,
    ...equal.map(({ label, value }) => `${label}=${term(value)}`),
  ];
  const beside = others
    .map(({ label, operator, value }) => `${label}${operator}${JSON.stringify(value)}`)
    .join(', ');
  return `SEARCH('${terms.join(' ')}', '${stat}', 60)${beside === '' ? '' : ` where ${beside}`}`;
}

function term(text: string): string {
  return `"${text.replace(/["\\]/g, String.raw`\$&`).replaceAll("'", String.raw`\'`)}"`;
}

function shell(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
