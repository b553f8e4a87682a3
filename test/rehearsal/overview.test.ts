import { expect, test } from 'vitest';
import { noPaint } from '../../lib/report/text.ts';
import { overview } from '../../rehearsal/overview.ts';
import { addon, failing, report, signalReport } from '../report/reports.ts';

test('a line for each pipeline: what is said of it, how many signals say it, which planes were asked', () => {
  const seen = report({ shop: [signalReport(), failing, addon], web: [signalReport()] });
  const standing = [
    { profile: 'eks-adot-amp', cluster: 'shop' },
    { profile: 'ecs-cloudmap-amp', cluster: 'web' },
    { profile: 'kyma-cloudwatch', cluster: 'never-asked' },
  ] as const;
  expect(overview(standing, seen, noPaint)).toEqual([
    '          pipeline         signals  planes asked',
    '  failing eks-adot-amp           3  amp eksAddon',
    '  ok      ecs-cloudmap-amp       1  amp',
    '  unknown kyma-cloudwatch        0  ',
  ]);
});
