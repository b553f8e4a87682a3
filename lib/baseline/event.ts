import { commandOf, isForAll, names, text } from '../event-parts.ts';
import { isObject, unknownKey } from '../events.ts';
import type { BaselineRequest, BaselineWording } from './chosen.ts';

/** What an event asks the function `baseline` to do. */
export type BaselineCommand =
  | { readonly what: 'show'; readonly clusters: readonly string[]; readonly signals: readonly string[] }
  | { readonly what: 'accept' | 'reset'; readonly request: BaselineRequest };

const COMMANDS = ['show', 'accept', 'reset'] as const;
const SHOWN = ['clusters', 'signals'] as const;
const DECIDED = [...SHOWN, 'all', 'by', 'reason'] as const;

/** How the parts of a decision are called in problems. */
export const EVENT_WORDING: BaselineWording = {
  clusters: '"clusters": ["…"]',
  signals: '"signals": ["…"]',
  all: '"all": true',
  by: 'by',
  reason: 'reason',
};

/** What `baseline` is asked: exactly one of `show`, `accept` and `reset`, or every problem of the event. Never throws. */
export function readBaselineEvent(
  event: unknown,
): BaselineCommand | { readonly problems: readonly string[] } {
  const read = commandOf(event, COMMANDS, REMEDY);
  if ('problems' in read) return read;
  const { command, asked } = read;
  if (!isObject(asked)) return { problems: [`${command} is not a JSON object; ${REMEDY}`] };
  const problems: string[] = [];
  for (const key of Object.keys(asked)) unknownKey(key, command === 'show' ? SHOWN : DECIDED, problems);
  const named = { clusters: names(asked, 'clusters', problems), signals: names(asked, 'signals', problems) };
  if (command === 'show') return problems.length > 0 ? { problems } : { what: command, ...named };
  const request = {
    ...named,
    all: isForAll(asked, problems),
    by: text(asked, 'by', 'write who decides, such as "by": "alice"', problems),
    reason: text(asked, 'reason', 'write why, such as "reason": "upgrade of the collector"', problems),
  };
  return problems.length > 0 ? { problems } : { what: command, request };
}

const REMEDY = 'write { "show": {} }, { "accept": { … } } or { "reset": { … } }';
