import * as z from 'zod/mini';
import { digest } from '../incidents/identity.ts';
import { printable } from '../printable.ts';
import type { Comparison, Unseen } from './compare.ts';

/** What is remembered of a place that a channel was told cannot be looked at. Beside it stand digests of what else was told. */
const rememberedPlace = z.tuple([
  z.literal('unseen'),
  z.string(), // the channel, as a digest
  z.string(), // the action
  z.string(), // of what
  z.string(), // the region
  z.nullable(z.string()), // the role
]);

type RememberedPlace = z.infer<typeof rememberedPlace>;

const LONGEST_NAME = 200;

/** What is remembered once the channel was told that this could not be looked at. */
export function unseenKey(channel: string, { action, resource, region, role }: Unseen): string {
  const what = printable(resource, LONGEST_NAME);
  const remembered: RememberedPlace = ['unseen', digest(channel), action, what, region, role];
  return JSON.stringify(remembered);
}

export function isUnseenKey(key: string): boolean {
  return key.startsWith('["unseen",');
}

/** How what a channel was told of could be looked at since. */
export interface SeenAgain {
  /** What is seen again, by its key: one line, and the region. */
  readonly places: ReadonlyMap<string, { readonly text: string; readonly where: string }>;
  /** What nobody can tell of: something else of the service is refused there, and it may not have been asked at all. */
  readonly untold: readonly string[];
}

/** What of it is seen again. What is looked at no more is in neither. */
export function seenAgain(
  channel: string,
  told: readonly string[],
  { unseen, looked }: Pick<Comparison, 'unseen' | 'looked'>,
): SeenAgain {
  const own = digest(channel);
  const still = new Set(unseen.map((one) => unseenKey(channel, one)));
  const refused = new Set(unseen.map(serviceIn));
  const places = new Map<string, { readonly text: string; readonly where: string }>();
  const untold: string[] = [];
  for (const key of told.filter((one) => isUnseenKey(one) && !still.has(one))) {
    const place = placeIn(key);
    if (!place) continue;
    const [, of, action, resource, region, role] = place;
    if (of !== own || !looked.some((one) => one.region === region && one.role === role)) continue;
    if (refused.has(serviceIn({ action, region, role }))) untold.push(key);
    else {
      const text = printable(`${action} on ${resource}${role === null ? '' : `, as ${role}`}`);
      places.set(key, { text, where: region });
    }
  }
  return { places, untold };
}

function serviceIn({ action, region, role }: Pick<Unseen, 'action' | 'region' | 'role'>): string {
  return JSON.stringify([action.split(':')[0], region, role]);
}

/** Undefined where it was damaged: it is forgotten, and told anew. */
function placeIn(key: string): RememberedPlace | undefined {
  try {
    return rememberedPlace.parse(JSON.parse(key));
  } catch {
    return undefined;
  }
}
