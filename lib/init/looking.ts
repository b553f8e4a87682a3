import type { Identity } from '../aws/credentials.ts';
import { awsFailure } from '../aws/failure.ts';
import type { AwsService } from '../aws/service.ts';
import type { Unavailable } from '../evidence.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { Gap } from './seen.ts';

export interface InitPorts extends SourcePorts {
  /** Told what is being looked at. */
  readonly onProgress?: (what: string) => void;
}

/** A look into one region of an account, as an identity. */
export interface Looking {
  readonly identity: Identity;
  readonly ports: InitPorts;
  /** What could not be seen is added. */
  readonly gaps: Gap[];
}

const TRIES = 5;
const FIRST_DELAY_MS = 1000;
const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded/;

/** Requests of a service that wait and ask again where they are throttled, beyond what the SDK does, inside the deadline. */
export function patient<Client>(
  { request }: AwsService<Client>,
  { clock, deadline }: InitPorts,
): AwsService<Client>['request'] {
  return async (counted, send) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await request(counted, send);
      } catch (error) {
        const delayMs = FIRST_DELAY_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
        const isThrottled = error instanceof Error && THROTTLED.test(error.name);
        if (!isThrottled || tries === TRIES || clock.now() + delayMs >= deadline) throw error;
        await clock.sleep(delayMs);
      }
    }
  };
}

/** What a look found; where it was refused, what it found so far, and a gap. */
export async function orGap<Found>(
  looking: Looking,
  { as, ...about }: Pick<Gap, 'action' | 'resource' | 'missing'> & { readonly as: string },
  found: Found,
  look: (found: Found) => Promise<void>,
): Promise<Found> {
  try {
    await look(found);
  } catch (error) {
    addGap(looking, about, awsFailure(error, `${about.action} on ${about.resource}, as ${as}`));
  }
  return found;
}

export function addGap(
  { gaps }: Looking,
  { action, resource, missing }: Pick<Gap, 'action' | 'resource' | 'missing'>,
  { reason, detail }: Unavailable,
): void {
  gaps.push({ action, resource, reason, detail, missing });
}

/** A list in an answer. An answer without one says nothing of what there is, and is a gap: throws. */
export function listIn<T>(list: readonly T[] | undefined): readonly T[] {
  if (list === undefined) throw new Error('answered without a list');
  return list;
}

/** Asks for every page, whose last one has no token; a service that gives the same token again is not asked for ever. */
export async function eachPage<Page>(
  ask: (token: string | undefined) => Promise<Page>,
  tokenOf: (page: Page) => string | undefined,
  use: (page: Page) => void,
): Promise<void> {
  let token: string | undefined;
  do {
    const page = await ask(token);
    use(page);
    const next = tokenOf(page) || undefined;
    if (next !== undefined && next === token) throw new Error('the API gave the same page twice');
    token = next;
  } while (token !== undefined);
}
