import { distance } from 'fastest-levenshtein';
import { printable } from '../printable.ts';

/** The filter expression of X-Ray for the traces that pass through a service. */
export function serviceExpression(service: string): string {
  return `service(${quoted(service)})`;
}

/**
 * The filter pattern of CloudWatch Logs for the spans of a service, or for those of any. A key with dots needs
 * `.['…']`: without it the pattern is valid and matches nothing (so AWS's own tests of Application Signals write it).
 * A `*` in the name is a wildcard there: what is found has to be compared once more.
 */
export function spanPattern(service: string | undefined): string {
  return `{ $.resource.attributes.['service.name'] = ${service === undefined ? '*' : quoted(service)} }`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** Names of services for one line, those most like `wanted` first, with how many more there are. */
export function nearestNames(names: readonly string[], wanted: string, limit = 5): string {
  const sorted = [...new Set(names)].toSorted(
    (a, b) => unlike(a, wanted) - unlike(b, wanted) || (a < b ? -1 : 1),
  );
  const shown = sorted.slice(0, limit).map((name) => printable(name, 60));
  const more = sorted.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** A name that was only lengthened or cut is the nearest. */
function unlike(name: string, wanted: string): number {
  const edits = distance(name.toLowerCase(), wanted.toLowerCase());
  return name.includes(wanted) || wanted.includes(name) ? edits / 100 : edits;
}
