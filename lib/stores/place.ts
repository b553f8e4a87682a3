/** Where state is kept, or what is wrong with how that was written. */
export type StatePlace =
  | { readonly kind: 'dynamodb'; readonly table: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly problem: string };

const TABLE = /^(?:arn:aws(?:-[a-z]+)*:dynamodb:[a-z0-9-]+:[0-9]{12}:table\/)?[A-Za-z0-9_.-]{3,255}$/;

/** Reads `dynamodb:TABLE` (a name or an ARN) or `file:PATH` (a directory). Never throws. */
export function parseState(text: string): StatePlace {
  const [, kind, place = ''] = /^(dynamodb|file):(.*)$/s.exec(text) ?? [];
  if (kind === 'dynamodb') {
    if (TABLE.test(place)) return { kind, table: place };
    return {
      problem: 'names no table; write dynamodb: and 3 to 255 of A-Z a-z 0-9 _ . -, or the ARN of a table',
    };
  }
  if (kind === 'file') {
    if (place.startsWith('~'))
      return { problem: 'begins with ~, which only shells know; write the whole path' };
    if (/^[^\p{Cc}]+$/u.test(place)) return { kind, path: place };
    return { problem: 'names no directory; write file: and a path, such as file:.plumbline' };
  }
  return {
    problem: 'is neither dynamodb:TABLE nor file:PATH; write one, such as dynamodb:plumbline-live-state',
  };
}
