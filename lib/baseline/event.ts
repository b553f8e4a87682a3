import { names, text } from '../event-parts.ts';
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
  if (!isObject(event)) return { problems: [`the event is not a JSON object; ${REMEDY}`] };
  const problems: string[] = [];
  for (const key of Object.keys(event)) unknownKey(key, COMMANDS, problems);
  const [command, ...others] = COMMANDS.filter((key) => Object.hasOwn(event, key));
  if (!command) problems.push(`the event asks for nothing; ${REMEDY}`);
  if (others.length > 0)
    problems.push(`the event asks for ${[command, ...others].join(' and ')}; ask for one`);
  if (!command || problems.length > 0) return { problems };
  const { [command]: asked } = event;
  if (!isObject(asked)) return { problems: [`${command} is not a JSON object; ${REMEDY}`] };
  for (const key of Object.keys(asked)) unknownKey(key, command === 'show' ? SHOWN : DECIDED, problems);
  const named = { clusters: names(asked, 'clusters', problems), signals: names(asked, 'signals', problems) };
  if (command === 'show') return problems.length > 0 ? { problems } : { what: command, ...named };
  const { all = false } = asked;
  if (typeof all !== 'boolean')
    problems.push('all is neither true nor false; write "all": true, or leave it out');
  const request = {
    ...named,
    all: all === true,
    by: text(asked, 'by', 'write who decides, such as "by": "alice"', problems),
    reason: text(asked, 'reason', 'write why, such as "reason": "upgrade of the collector"', problems),
  };
  return problems.length > 0 ? { problems } : { what: command, request };
}

const REMEDY = 'write { "show": {} }, { "accept": { … } } or { "reset": { … } }';
