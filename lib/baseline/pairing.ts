import { distance } from 'fastest-levenshtein';

export interface Pairing {
  readonly renamed: readonly (readonly [string, string])[];
  readonly lost: readonly string[];
  readonly added: readonly string[];
}

/** More names than this are not compared letter by letter. */
const MOST_COMPARED = 20;

/** Which names became which others: the most alike first. What is left over is lost, or was added. */
export function paired(gone: readonly string[], came: readonly string[]): Pairing {
  if (gone.length > MOST_COMPARED || came.length > MOST_COMPARED)
    return { renamed: [], lost: gone, added: came };
  const lost = new Set(gone.toSorted());
  const added = new Set(came.toSorted());
  const renamed: [string, string][] = [];
  while (lost.size > 0 && added.size > 0) {
    const pairs = [...lost].flatMap((a) => [...added].map((b) => ({ a, b, far: distance(a, b) })));
    const closest = pairs.reduce((best, pair) => (pair.far < best.far ? pair : best));
    lost.delete(closest.a);
    added.delete(closest.b);
    renamed.push([closest.a, closest.b]);
  }
  return { renamed, lost: [...lost], added: [...added] };
}
