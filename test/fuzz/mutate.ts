import type { Random } from '../../rehearsal/random.ts';

/** What nobody expects where anything may stand, as JSON. */
const STRANGE = [
  'null',
  'true',
  '0',
  '-1',
  '1e308',
  '-1e308',
  '9007199254740993',
  '1.5',
  '""',
  '"0"',
  '"NaN"',
  '"+Inf"',
  '"2026-13-45T99:99:99Z"',
  '"\\u0000\\u001b[31m\\u202e"',
  '"\\ud800"',
  '"__proto__"',
  '{}',
  '[]',
  '[[]]',
  '[null]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"length":1e9}',
  `"${'x'.repeat(5000)}"`,
  `"${'9'.repeat(400)}"`,
  `${'['.repeat(400)}${']'.repeat(400)}`,
  `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`,
] as const satisfies readonly [string, ...string[]];
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'Id',
  'status',
  'message',
  '__type',
  'then',
] as const;

/** JSON that differs from this in a few places, the whole now and then; or that is JSON no more. */
export function mutatedJson(json: string, random: Random): string {
  const chosen = random.next();
  if (chosen < 0.03) return random.pick(STRANGE);
  if (chosen < 0.15) return mutatedText(json, random);
  const holder = { root: JSON.parse(json) as unknown };
  const places = placesIn(holder);
  for (let left = random.whole(1, 3); left > 0; left -= 1) {
    const place = places[random.whole(0, places.length - 1)];
    if (place) change(place, random);
  }
  return JSON.stringify(holder.root) ?? 'null';
}

/** Text of which something is missing, twice there, in another place or noise. */
export function mutatedText(text: string, random: Random): string {
  const at = random.whole(0, text.length);
  const length = random.pick([1, 1, 3, 20, 200]);
  const [before, taken, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  switch (random.whole(0, 5)) {
    case 0:
      return before;
    case 1:
      return before + after;
    case 2:
      return before + taken.repeat(random.pick([2, 3, 50])) + after;
    case 3:
      return before + String.fromCharCode(random.whole(0, 65_535)) + after;
    case 4:
      return before + random.pick(STRANGE) + after;
    default: {
      const to = random.whole(0, after.length);
      return before + after.slice(0, to) + taken + after.slice(to);
    }
  }
}

interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Place['holder'];
  return Object.entries(holder).flatMap(([key, inner]) => [{ holder, key }, ...placesIn(inner)]);
}

function change({ holder, key }: Place, random: Random): void {
  const kind = random.whole(0, 5);
  if (Array.isArray(holder)) {
    if (kind === 0) holder.splice(Number(key), 1);
    else if (kind === 1)
      holder.push(...Array.from({ length: random.pick([1, 2, 600]) }, () => holder[Number(key)]));
    else holder[Number(key)] = JSON.parse(random.pick(STRANGE));
    return;
  }
  const value = holder[key];
  if (kind === 0) delete holder[key];
  else if (kind === 1) set(holder, random.pick(KEYS), value);
  else if (kind === 2 && typeof value === 'number')
    holder[key] = value * random.pick([-1, 1000, 0.001, 1e300]);
  else if (kind === 2 && typeof value === 'string') holder[key] = mutatedText(value, random);
  else set(holder, key, JSON.parse(random.pick(STRANGE)));
}

/** As a key of its own, whatever it is called. */
function set(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
