/** `npm run bench:drift`: what is told of real drift and of healthy change, beside what people use instead. */
import { BREAKS } from './drift/breaks.ts';
import { HEALTHY } from './drift/healthy.ts';
import { measure } from './drift/measure.ts';

const [only, seeds = '1', which = 'BH', sizes] = process.argv.slice(2);
const plan = {
  seeds: seeds.split(',').map(Number),
  rivals: [],
  ...(sizes ? { sizes: sizes.split(',') } : {}),
};
for (const [kinds, isBreak] of [
  [BREAKS, true],
  [HEALTHY, false],
] as const) {
  if (!which.includes(isBreak ? 'B' : 'H')) continue;
  for (const kind of kinds) {
    if (only && only !== 'all' && !kind.name.includes(only)) continue;
    const started = performance.now();
    const [outcome] = measure(kind, isBreak, { ...plan, afterDays: isBreak ? 9 : 8, days: isBreak ? 8 : 23 });
    if (!outcome) continue;
    const runs = outcome.runsUntil.toSorted((a, b) => a - b);
    console.log(
      `${isBreak ? 'B' : 'H'} ${kind.name}: ${outcome.told}/${outcome.histories} wrong ${outcome.wrong} warn ${outcome.warnings} runs ${runs.join(' ')} ${Math.round(performance.now() - started)}ms`,
    );
    for (const example of outcome.examples.slice(0, 3)) console.log('     ', example.slice(0, 420));
  }
}
