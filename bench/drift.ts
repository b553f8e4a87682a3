/**
 * `npm run bench:drift`: what is told of real drift and of healthy change, beside what people use instead. Arguments, all
 * optional: seeds, sizes of estates, part of a kind's name: `npm run bench:drift -- 7,8 small,cloudwatch OTelLib`.
 */
import { BREAKS } from './drift/breaks.ts';
import { HEALTHY, LIKE_BREAKS } from './drift/healthy.ts';
import type { Kind } from './drift/kind.ts';
import { measure, type Plan } from './drift/measure.ts';
import { RIVALS } from './drift/rivals.ts';
import { breakLine, healthyLine, printLines, summary } from './drift/tables.ts';

/** Seeds with which nothing was tuned. */
const HELD_OUT = '21';
const [seeds = HELD_OUT, sizes = 'small,medium,large,cloudwatch', only = ''] = process.argv.slice(2);

const plan: Omit<Plan, 'afterDays' | 'days'> = {
  seeds: seeds.split(',').map(Number),
  sizes: sizes.split(','),
  rivals: Object.values(RIVALS),
};
const players = ['Plumbline', ...Object.keys(RIVALS)];
const chosen = (kinds: readonly Kind[]): readonly Kind[] => kinds.filter(({ name }) => name.includes(only));
const run = (kinds: readonly Kind[], isBreak: boolean) =>
  chosen(kinds).map((kind) =>
    // A month of each healthy change, the first day of which is learning.
    measure(kind, isBreak, { ...plan, afterDays: isBreak ? 9 : 8, days: isBreak ? 8 : 23 }),
  );

const breaks = run(BREAKS, true);
printLines('Real drift', breaks.map(breakLine));
const healthy = run(HEALTHY, false);
printLines('Healthy change', healthy.map(healthyLine));
printLines('Healthy change that looks like a break', run(LIKE_BREAKS, false).map(healthyLine));
printLines('All', summary(players, breaks, healthy));
