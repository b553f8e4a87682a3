/**
 * The schema of an operation as the SDK's clients carry it: a number for what is simple, a tuple for what has parts, a
 * function for what refers to itself, a pair where a member has traits.
 */
export type Shape = unknown;

const [LIST, MAP, STRUCTURE, UNION] = [1, 2, 3, 4];
const [LIST_OF, MAP_OF, TOP] = [64, 128, 256];
const DEEPEST = 40;
const TEXT = 0;

/**
 * Where a value is not of the shape that the API is declared to have, such as `addon.health.issues`; undefined where it
 * is. The SDK passes on what an answer holds, whatever its types say. What is absent is for the reader to miss, and what
 * this does not know it lets pass. A number or a truth where a text is declared becomes a text in place, and a null
 * goes: they say what
 * they mean, and may be of a field that nobody reads.
 */
export function misshapen(value: unknown, shape: Shape, path = 'the answer', depth = 0): string | undefined {
  const known = resolved(shape);
  if (depth > DEEPEST) return path;
  if (typeof known === 'number') return ofNumber(value, known, path, depth);
  if (!Array.isArray(known)) return undefined;
  const [kind] = known as unknown[];
  if (kind === LIST) return eachOf(value, Array.isArray(value), known[4], path, depth);
  if (kind === MAP) return eachOf(value, isObject(value), known[5], path, depth);
  if (kind !== STRUCTURE && kind !== UNION && kind !== -STRUCTURE)
    return kind === 0 ? misshapen(value, known[4], path, depth + 1) : undefined;
  if (!isObject(value)) return path;
  const [names, members] = [known[4], known[5]] as [readonly string[], readonly Shape[]];
  for (const [index, name] of names.entries()) {
    const inner = Object.hasOwn(value, name) ? value[name] : undefined;
    if (inner === undefined) continue;
    if (inner === null) {
      delete value[name];
      continue;
    }
    if (resolved(members[index]) === TEXT && isPlain(inner)) {
      value[name] = String(inner);
      continue;
    }
    const found = misshapen(
      inner,
      members[index],
      `${path === 'the answer' ? '' : `${path}.`}${name}`,
      depth + 1,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function ofNumber(value: unknown, code: number, path: string, depth: number): string | undefined {
  if (code >= LIST_OF && code < MAP_OF)
    return eachOf(value, Array.isArray(value), code - LIST_OF, path, depth);
  if (code >= MAP_OF && code < TOP) return eachOf(value, isObject(value), code - MAP_OF, path, depth);
  return isSimple(value, code) ? undefined : path;
}

function isSimple(value: unknown, code: number): boolean {
  if (code === TEXT) return typeof value === 'string';
  if (code === 1) return typeof value === 'number';
  if (code === 2) return typeof value === 'boolean';
  if (code >= 4 && code <= 7) return value instanceof Date && !Number.isNaN(value.getTime());
  return true;
}

function eachOf(
  value: unknown,
  isFit: boolean,
  shape: Shape,
  path: string,
  depth: number,
): string | undefined {
  if (!isFit) return path;
  for (const [key, inner] of Object.entries(value as object)) {
    const found = misshapen(inner, shape, `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function resolved(shape: Shape): Shape {
  let known = shape;
  // A member with traits is [shape, traits]; a static schema begins with a number and has more.
  while (typeof known === 'function' || (Array.isArray(known) && known.length === 2)) {
    known = typeof known === 'function' ? (known as () => Shape)() : known[0];
  }
  return known;
}

function isPlain(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
