import { expect, test } from 'vitest';
import { type Question, questionKey } from '../../lib/question.ts';
import type { Source, SourcePorts } from '../../lib/sources/source.ts';
import { fakeClock, testPorts } from '../support/ports.ts';

export type Trouble = 'throttles' | 'hangs' | 'resets' | 'denies' | 'fails' | 'talks-nonsense';

export interface PlaneSetup {
  readonly source: Source;
  /** How many requests have reached the plane. */
  readonly requests: () => number;
}

/** Opens the plane's source over a plane that is well, or that answers as `trouble` says. */
export type SetUpPlane = (ports: SourcePorts, trouble?: Trouble) => Promise<PlaneSetup>;

/** What the source of any plane must do. `questions` are all kinds that it knows, about what is there. */
export function planeContract(
  setUp: SetUpPlane,
  questions: readonly Question[],
  { now }: { readonly now?: number } = {},
): void {
  const ports = (over: Partial<SourcePorts> = {}) => testPorts({ clock: fakeClock(now), ...over });
  const keys = questions.map(questionKey);

  test('opening asks nothing', async () => {
    const { requests } = await setUp(ports());
    expect(requests()).toBe(0);
  });

  test('every question is answered, by its key, and counted', async () => {
    const counted: string[] = [];
    const { source, requests } = await setUp(ports({ onRequest: ({ action }) => counted.push(action) }));
    const answers = await source.ask(questions);
    expect(keys.map((key) => answers.get(key)?.kind)).toEqual(keys.map(() => 'found'));
    expect(counted.length).toBe(requests());
    for (const action of counted) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
  });

  test('a question of another plane is refused, and blinds no other', async () => {
    const { source } = await setUp(ports());
    const foreign = { ask: 'of-no-plane', place: 'x' } as unknown as Question;
    const answers = await source.ask([foreign, ...questions]);
    expect(answers.get(questionKey(foreign))).toMatchObject({ kind: 'unavailable', reason: 'rejected' });
    expect(keys.map((key) => answers.get(key)?.kind)).toEqual(keys.map(() => 'found'));
  });

  test.each([
    ['throttles', 'throttled'],
    ['resets', 'unreachable'],
    ['fails', 'unreachable'],
    ['denies', 'denied'],
    ['talks-nonsense', 'invalid-response'],
  ] as const)('a plane that %s makes every question unavailable: %s', async (trouble, reason) => {
    const { source } = await setUp(ports(), trouble);
    const answers = await source.ask(questions);
    for (const key of keys) expect(answers.get(key)).toMatchObject({ kind: 'unavailable', reason });
  });

  test('a plane that denies is asked for by the name of the missing permission', async () => {
    const { source } = await setUp(ports(), 'denies');
    const answers = await source.ask(questions);
    for (const key of keys)
      expect(answers.get(key)).toMatchObject({
        detail: expect.stringMatching(/needed: [a-z]+:[A-Za-z]+.*, as /),
      });
  });

  test('a plane that hangs is unavailable: timeout, when the time is up', async () => {
    const clock = fakeClock(now);
    const { source } = await setUp(testPorts({ clock, deadline: clock.now() + 700 }), 'hangs');
    const answers = await source.ask(questions);
    for (const key of keys)
      expect(answers.get(key)).toMatchObject({ kind: 'unavailable', reason: 'timeout' });
  });

  test('a question can be read as one line', async () => {
    const { source } = await setUp(ports());
    for (const question of questions) expect(source.text(question)).toMatch(/^\S[^\n]+$/);
  });
}
