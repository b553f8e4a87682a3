import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Refusal } from '../lib/answer.ts';
import type { ListedMute } from '../lib/mutes/list.ts';
import { answering, refused } from './answering.ts';
import { container } from './container.ts';

/** A mute as it is answered: times are ISO 8601, UTC. */
type Answered = Omit<ListedMute, 'from' | 'until'> & { readonly from: string; readonly until: string };

type Answer =
  | { readonly id: string; readonly until: string }
  | { readonly mutes: readonly Answered[] }
  | { readonly ended: true };

/** Adds, lists and ends mutes. An event that is wrong is answered with what is wrong. */
async function mute(event: unknown, context: Context): Promise<Answer | Refusal> {
  const [opened, load] = await Promise.all([container(), import('./muting.ts')]);
  const { EVENT_WORDING, listMutes, newMute, readMuteEvent, stateOf } = load;
  const { config, clock, log } = opened;
  log.begin(context.awsRequestId);
  const command = readMuteEvent(event);
  if ('problems' in command) return refused(command.problems);
  const now = clock.now();
  if (command.what === 'add') {
    const id = randomUUID().slice(0, 8);
    const made = newMute(command.request, config, { id, now, wording: EVENT_WORDING });
    if ('problems' in made) return refused(made.problems);
    await stateOf(opened, context).addMute(made.mute);
    return { id, until: iso(made.mute.until) };
  }
  const store = stateOf(opened, context);
  if (command.what === 'end' && (await store.endMute(command.id))) return { ended: true };
  const mutes = await listMutes(config.alerts.mutes, await store.mutes(now), now);
  if (command.what === 'list') return { mutes: mutes.map(answered) };
  const ids = mutes.flatMap(({ id }) => id ?? []);
  return refused([
    `there is no mute of this id; ${ids.length === 0 ? 'none was added' : `there are ${ids.join(', ')}`}`,
  ]);
}

function answered({ from, until, ...rest }: ListedMute): Answered {
  return { ...rest, from: iso(from), until: iso(until) };
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}

export const handler = answering(mute);
