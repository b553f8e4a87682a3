import type { Backend } from './backends.ts';
import { type Told, told } from './expected.ts';
import type { Cell, Life } from './life.ts';

/** A turn in doubt is told by each run until one of them can tell that it was told: three, while something is broken. */
const MOST_AGAIN = 4;

/** None of them keeps another one of them from being asked. */
const UNHIDDEN: ReadonlySet<Backend> = new Set(['S3', 'SSM', 'SNS', 'PAGERDUTY', 'WEBHOOK', 'HEARTBEAT']);

/** What of a life is not as the table of expectations has it. */
export function problemsOf({ heard, said, defects, pings }: Life, cells: readonly Cell[]): string[] {
  const expected = cells.map((cell) => ({ ...told[cell.backend][cell.fault], ...cell }));
  const of = (how: Told['heard']) =>
    new Set(expected.filter((one) => one.heard === how).map(({ backend }) => backend.toLowerCase()));
  const [taken, again] = [of('taken'), of('again')];
  // Where the memory breaks between two requests, what was done may not be known to it.
  const isAllInDoubt = again.has('dynamodb') || cells.some(({ after }) => after);
  const isForgetful = expected.some(
    ({ backend, says, after }) => backend === 'DYNAMODB' && says.length > 0 && !after,
  );
  const channels = Object.entries(heard).flatMap(([channel, { failing, recovered, wrong }]) => [
    ...(failing >= (taken.has(channel) ? 0 : 1) &&
    failing <= (isAllInDoubt || again.has(channel) ? MOST_AGAIN : 1)
      ? []
      : [`${channel}: failing ${failing} times`]),
    ...(recovered === 1 ? [] : [`${channel}: recovered ${recovered} times`]),
    ...wrong.map((title) => `${channel}: ${title}`),
  ]);
  const isHeardOf = cells.length === 1 || cells.every(({ backend }) => UNHIDDEN.has(backend));
  const unsaid = expected.flatMap(({ backend, says }) =>
    says.length === 0 || says.some((word) => said.some((line) => line.includes(word)))
      ? []
      : [`nothing was said of ${backend}`],
  );
  const problems = [
    ...channels,
    ...(isHeardOf && !cells.some(({ after }) => after) ? unsaid : []),
    ...(pings.mended > 0 ? [] : ['no heartbeat since it is mended']),
    ...(isForgetful && pings.broken > 0 ? ['a heartbeat without a memory'] : []),
    ...defects,
  ];
  const what = cells.map(({ backend, fault, after = 0 }) => `${backend} ${fault} after ${after}`).join(', ');
  return problems.map((problem) => `${what}: ${problem}`);
}
