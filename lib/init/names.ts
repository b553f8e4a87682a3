import { eachPage, listIn, type Looking, orGap } from './looking.ts';
import type { Gap } from './seen.ts';

/** A page of a list of names, or of ARNs. */
export interface NamePage {
  readonly names: readonly string[] | undefined;
  readonly nextToken: string | undefined;
}

/** Every name that a list has, once; where it was refused, what was listed so far, and a gap. */
export async function allNames(
  looking: Looking,
  about: Pick<Gap, 'action' | 'resource' | 'missing'> & { readonly as: string },
  ask: (token: { readonly nextToken?: string }) => Promise<NamePage>,
): Promise<readonly string[]> {
  const all = await orGap(looking, about, new Set<string>(), async (found) =>
    eachPage(
      (nextToken) => ask(nextToken === undefined ? {} : { nextToken }),
      (page) => page.nextToken,
      ({ names }) => {
        for (const name of listIn(names)) found.add(name);
      },
    ),
  );
  return [...all];
}
