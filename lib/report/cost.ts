import { counted } from '../counted.ts';
import type { Cost, RequestCost } from '../cost/cost.ts';
import { formatDuration } from '../duration.ts';
import { printable } from '../printable.ts';
import type { Report } from './report.ts';

type Cell = readonly [text: string, align: 'left' | 'right'];

/** What the report says a month costs, as lines of text; none where it was not asked for. */
export function costLines(report: Report): string[] {
  const { cost } = report;
  if (cost === undefined) return [];
  const { prices, hoursPerMonth, clusters, own, notKnown } = cost;
  return [
    '',
    `cost of a month (${hoursPerMonth} h): list prices of ${prices.region}, ${prices.date}, without free tiers`,
    ...clusters.flatMap(clusterLines),
    '  Plumbline itself, by assumption',
    ...table(
      own.map(({ what, assuming, dollarsPerMonth }) => [
        left(what),
        left(assuming),
        right(dollars(dollarsPerMonth)),
      ]),
    ),
    `  in all ${dollars(cost.dollarsPerMonth)}${notKnown.length === 0 ? '' : ', and what is not known:'}`,
    ...notKnown.map((what) => `    ${printable(what)}`),
    ...caveats(report),
  ];
}

/** Where the counted runs were not those of an ordinary month. */
function caveats({ clusters }: Report): string[] {
  const signals = clusters.flatMap((cluster) => cluster.signals);
  const blind = signals.filter(({ verdict }) => verdict === 'unknown').length;
  const failing = signals.filter(({ verdict }) => verdict === 'failing').length;
  return [
    ...(blind === 0
      ? []
      : [
          `  ${blind} of ${counted(signals.length, 'signal')} could not be looked at, so that only what was tried is counted; mend that and ask again`,
        ]),
    ...(failing === 0 ? [] : ['  what fails asks more than it will when it is mended']),
  ];
}

function clusterLines({
  cluster,
  everySeconds,
  runsPerMonth,
  coldStartRequests,
  requests,
  dollarsPerMonth,
}: Cost['clusters'][number]): string[] {
  const every = formatDuration(everySeconds * 1000);
  const colder =
    coldStartRequests === 0 ? '' : `; a cold start asks ${counted(coldStartRequests, 'request')} more`;
  return [
    `  ${printable(cluster)}  every ${every}, ${number(runsPerMonth)} runs${colder}`,
    ...table([
      ['plane', 'API', 'a run', 'a month', 'paid for', ''].map((head, index) =>
        index < 2 ? left(head) : right(head),
      ),
      ...requests.map((request) => [
        left(request.plane ?? ''),
        left(printable(request.action, 60)),
        right(number(request.requestsPerRun)),
        right(number(request.requestsPerMonth)),
        right(paidFor(request)),
        right(request.dollarsPerMonth === null ? notTold(request) : dollars(request.dollarsPerMonth)),
      ]),
      [left(''), left(''), right(''), right(''), right(''), right(dollars(dollarsPerMonth))],
    ]),
  ];
}

function notTold({ unit }: RequestCost): string {
  return unit === null ? 'none listed' : 'not known';
}

function paidFor({ unit, unitsPerMonth }: RequestCost): string {
  if (unit === null) return '';
  return unitsPerMonth === null ? `${unit}, not told` : `${number(unitsPerMonth)} ${unit}`;
}

/** Two decimals, more of what is less than a dime. */
function dollars(amount: number): string {
  return `$${amount.toFixed(amount === 0 || amount >= 0.1 ? 2 : 4)}`;
}

function number(amount: number): string {
  return amount.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

function left(text: string): Cell {
  return [text, 'left'];
}

function right(text: string): Cell {
  return [text, 'right'];
}

function table(rows: readonly (readonly Cell[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.[0].length ?? 0)),
  );
  return rows.map((cells) => {
    const padded = cells.map(([text, align], column) =>
      align === 'left' ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
    );
    return `    ${padded.join('  ')}`.trimEnd();
  });
}
