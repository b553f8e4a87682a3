import type { Report } from '../lib/report/report.ts';
import type { Paint } from '../lib/report/text.ts';
import type { Standing } from './pipelines/index.ts';

type Cells = readonly [pipeline: string, signals: string, planes: string];

const HEADINGS: Cells = ['pipeline', 'signals', 'planes asked'];

/** All pipelines of the account, a line each: what is said of it, how many signals say it, and which planes are asked. */
export function overview(
  standing: readonly Pick<Standing, 'profile' | 'cluster'>[],
  report: Report,
  paint: Paint,
): readonly string[] {
  const rows = standing.map(({ profile, cluster }) => {
    const found = report.clusters.find((one) => one.cluster === cluster);
    const { verdict = 'unknown' as const, signals = [] } = found ?? {};
    const planes = [...new Set(signals.map(({ plane }) => plane))].join(' ');
    return { verdict, cells: [profile, String(signals.length), planes] satisfies Cells };
  });
  const [, counts] = HEADINGS;
  const width = Math.max(...rows.map(({ cells: [profile] }) => profile.length));
  const line = (verdict: string, [profile, signals, planes]: Cells): string =>
    `  ${verdict} ${profile.padEnd(width)} ${signals.padStart(counts.length)}  ${planes}`;
  return [
    paint('faint', line(' '.repeat(7), HEADINGS)),
    ...rows.map(({ verdict, cells }) => line(paint(verdict, verdict.padEnd(7)), cells)),
  ];
}
