import { commandOf, isForAll, names, text } from '../event-parts.ts';
import { isObject, unknownKey } from '../events.ts';
import type { MuteRequest, Wording } from './request.ts';

/** What an event asks the function `mute` to do. */
export type MuteCommand =
  | { readonly what: 'add'; readonly request: MuteRequest }
  | { readonly what: 'list' }
  | { readonly what: 'end'; readonly id: string };

const COMMANDS = ['add', 'list', 'end'] as const;
const PARTS = ['clusters', 'signals', 'all', 'for', 'reason'] as const;

/** How the parts of `add` are called in problems. */
export const EVENT_WORDING: Wording = {
  clusters: '"clusters": ["…"]',
  signals: '"signals": ["…"]',
  all: '"all": true',
  for: 'for',
  reason: 'reason',
};

/** What `mute` is asked: exactly one of `add`, `list` and `end`, or every problem of the event. Never throws. */
export function readMuteEvent(event: unknown): MuteCommand | { readonly problems: readonly string[] } {
  const read = commandOf(event, COMMANDS, REMEDY);
  if ('problems' in read) return read;
  const { command, asked } = read;
  if (command === 'end') {
    const isId = typeof asked === 'string' && asked !== '';
    return isId ? { what: 'end', id: asked } : { problems: ['end is not an id; write { "end": "ID" }'] };
  }
  if (!isObject(asked)) return { problems: [`${command} is not a JSON object; ${REMEDY}`] };
  const problems: string[] = [];
  for (const key of Object.keys(asked)) unknownKey(key, command === 'add' ? PARTS : [], problems);
  const request = command === 'add' ? requestOf(asked, problems) : undefined;
  if (problems.length > 0) return { problems };
  return request ? { what: 'add', request } : { what: 'list' };
}

function requestOf(asked: Readonly<Record<string, unknown>>, problems: string[]): MuteRequest {
  const all = isForAll(asked, problems);
  return {
    clusters: names(asked, 'clusters', problems),
    signals: names(asked, 'signals', problems),
    all,
    for: text(asked, 'for', 'write how long, such as "for": "2h"', problems),
    reason: text(asked, 'reason', 'write why, such as "reason": "upgrade of the nodes"', problems),
  };
}

const REMEDY = 'write { "add": { … } }, { "list": {} } or { "end": "ID" }';
