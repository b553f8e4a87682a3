import type { Fault } from '../../rehearsal/faults.ts';
import type { Backend } from './backends.ts';
import type { Invoked, Stack } from './stack.ts';

/** One backend that breaks in one way; from so many requests of it on, else from the first. */
export interface Cell {
  readonly backend: Backend;
  readonly fault: Fault;
  readonly after?: number;
}

/** What people heard through one channel while a metric came and went. */
export interface Heard {
  readonly failing: number;
  readonly recovered: number;
  /** What was about nothing that broke. */
  readonly wrong: readonly string[];
}

export interface Life {
  readonly heard: Readonly<Record<string, Heard>>;
  /** What the functions said while something was broken: errors that they ended with, and lines that are no news. */
  readonly said: readonly string[];
  /** Defects of Plumbline itself, at any time. */
  readonly defects: readonly string[];
  /** How often somebody outside was told that all is well, while something was broken and after. */
  readonly pings: { readonly broken: number; readonly mended: number };
}

/** A break is told in the third minute, so it must be broken for as long. */
const BROKEN_MINUTES = 3;
const MENDED_MINUTES = 3;
const WELL_MINUTES = 2;

/**
 * The metric of one cluster is gone for six minutes, and for the first three of them the backends are broken, when containers
 * begin anew. Then all is well again.
 */
export async function live(stack: Stack, cells: readonly Cell[]): Promise<Life> {
  const before = titlesOf(stack);
  stack.silent.add('loud');
  for (const { backend, fault, after = 0 } of cells) {
    const { proxy, region } = stack.placeOf(backend);
    proxy.broken.set(region, { fault, after, left: Number.POSITIVE_INFINITY });
  }
  await stack.restart();
  const startedAt = stack.pings.length;
  const broken = await minutes(stack, BROKEN_MINUTES);
  const mendedAt = stack.pings.length;
  for (const { backend } of cells) {
    const { proxy, region } = stack.placeOf(backend);
    proxy.broken.delete(region);
  }
  const mended = await minutes(stack, MENDED_MINUTES);
  stack.silent.delete('loud');
  const well = await minutes(stack, WELL_MINUTES);
  const after = Object.entries(titlesOf(stack));
  const troubles = [...broken, ...mended, ...well].flatMap(troublesOf);
  return {
    heard: Object.fromEntries(
      after.map(([channel, titles]) => [channel, heardOf(titles.slice(before[channel]?.length))]),
    ),
    said: broken.flatMap(troublesOf),
    defects: troubles.filter((line) => line.includes('plumbline broke')),
    pings: { broken: mendedAt - startedAt, mended: stack.pings.length - mendedAt },
  };
}

async function minutes(stack: Stack, count: number): Promise<Invoked[]> {
  const all: Invoked[] = [];
  for (let minute = 0; minute < count; minute += 1) all.push(...(await stack.minute()));
  return all;
}

/** What each channel was told so far, in order. */
function titlesOf({ receivers: { published, posted, paged, hooked } }: Stack): Record<string, string[]> {
  const textAt = (value: unknown, ...path: readonly string[]): string =>
    String(path.reduce((inner: unknown, key) => Object(inner)[key] as unknown, value));
  return {
    sns: published.map(({ subject }) => subject),
    slack: posted.map((post) => textAt(post, 'text')),
    pagerduty: paged.map(({ event_action: action, dedup_key: key, payload }) =>
      action === 'trigger' ? (payload?.summary ?? '') : `${key.replace('/', ': ')} resolved`,
    ),
    webhook: hooked.map(({ body }) => textAt(body, 'data', 'title')),
  };
}

function heardOf(titles: readonly string[]): Heard {
  const of = (turn: RegExp) => titles.filter((title) => title.startsWith('loud: ') && turn.test(title));
  return {
    failing: of(/ failing/).length,
    recovered: of(/ recovered|Z resolved$/).length,
    wrong: titles.filter((title) => title.startsWith('quiet: ') && !title.includes('not verified')),
  };
}

/** Lines of level WARN and above, but for what is known to fail; and what the invocation ended with. */
function troublesOf({ lines, threw }: Invoked): readonly string[] {
  const said = lines.filter((line) =>
    /"level":"(?:ERROR|CRITICAL)"|"level":"WARN","message":"unknown"/.test(line),
  );
  return threw === undefined ? said : [...said, threw];
}
