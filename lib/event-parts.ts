import { isObject, unknownKey } from './events.ts';

const MOST_NAMES = 1000;

/** A list of names of an event; none where it is not given. */
export function names(
  asked: Readonly<Record<string, unknown>>,
  key: string,
  problems: string[],
): readonly string[] {
  const { [key]: listed = [] } = asked;
  const isList = Array.isArray(listed) && listed.every((name) => typeof name === 'string');
  if (isList && listed.length <= MOST_NAMES) return listed;
  problems.push(
    `${key} is not a list of at most ${MOST_NAMES} names; write { "${key}": ["…"] }, or leave it out for all`,
  );
  return [];
}

/** A text of an event; '' where there is none, which is a problem. */
export function text(
  asked: Readonly<Record<string, unknown>>,
  key: string,
  remedy: string,
  problems: string[],
): string {
  const { [key]: found } = asked;
  if (typeof found === 'string') return found;
  problems.push(`${key} is ${found === undefined ? 'missing' : 'not a text'}; ${remedy}`);
  return '';
}

/** What an event asks for: exactly one of the commands, with what it is asked; or every problem of the event. Never throws. */
export function commandOf<C extends string>(
  event: unknown,
  commands: readonly C[],
  remedy: string,
): { readonly command: C; readonly asked: unknown } | { readonly problems: readonly string[] } {
  if (!isObject(event)) return { problems: [`the event is not a JSON object; ${remedy}`] };
  const problems: string[] = [];
  for (const key of Object.keys(event)) unknownKey(key, commands, problems);
  const [command, ...others] = commands.filter((key) => Object.hasOwn(event, key));
  if (!command) problems.push(`the event asks for nothing; ${remedy}`);
  if (others.length > 0)
    problems.push(`the event asks for ${[command, ...others].join(' and ')}; ask for one`);
  return !command || problems.length > 0 ? { problems } : { command, asked: event[command] };
}

/** Whether an event asks for everything by `all`. */
export function isForAll({ all = false }: Readonly<Record<string, unknown>>, problems: string[]): boolean {
  if (typeof all !== 'boolean')
    problems.push('all is neither true nor false; write "all": true, or leave it out');
  return all === true;
}
