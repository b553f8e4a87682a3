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
