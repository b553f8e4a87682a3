import { formatDuration } from '../duration.ts';
import { digest } from '../incidents/identity.ts';
import { incidentStates } from '../incidents/incident-states.ts';
import { channelIn } from '../incidents/memory.ts';
import type { Occasion } from '../incidents/occasion.ts';
import { type Owed, reasonOf } from '../incidents/settle.ts';
import { instant } from '../instant.ts';
import { type Entry, type Message, mostUrgent, named, type Over } from '../message.ts';
import { printable } from '../printable.ts';
import { clusterOf, CONFIGURATION, type OwnFacts } from './own-facts.ts';

const MOST_ENTRIES = 10;
const MOST_FINDINGS = 3;

/** What one channel is told about Plumbline itself. */
export function composeOwn(occasion: Occasion, facts: OwnFacts): Message {
  const { owed, checkedAt, channel } = occasion;
  const failing = owed.filter(({ track, episode }) => track === 'failing' && !episode.over);
  const blind = owed.filter(({ track, episode }) => track === 'blind' && !episode.over);
  const concerned = owed.flatMap(({ signal }) => clusterOf(signal) ?? []);
  return {
    id: digest(['plumbline', owed.map((one) => identityOf(one, channel))]),
    clusters: concerned.length > 0 ? concerned.map((name) => printable(name)) : ['plumbline'],
    severity: failing.length > 0 ? 'critical' : 'warning',
    reason: mostUrgent(owed.map((one) => reasonOf(one, channel))),
    title: `Plumbline: ${titleOf(owed)}`,
    checkedAt: new Date(checkedAt).toISOString(),
    story: storyOf(failing),
    changes: [],
    entries: failing.slice(0, MOST_ENTRIES).map((one) => entryOf(one, facts, checkedAt)),
    others: failing.slice(MOST_ENTRIES).map(({ signal }) => printable(signal, 60)),
    blind: blind.map(({ signal, episode }) => ({
      signals: printable(signal, 60),
      reason: 'unreadable',
      detail: printable(facts.unreadable),
      why: episode.opened.because,
    })),
    over: owed.flatMap(overOf),
    ok: [],
    incidents: incidentStates(occasion),
  };
}

function identityOf({ signal, track, telling, episode }: Owed, channel: string): readonly unknown[] {
  const { at, key } = episode.opened;
  return [signal, track, telling, key, at, episode.findings.length, channelIn(episode, channel)?.told?.at];
}

function titleOf(owed: readonly Owed[]): string {
  const parts = [
    ...partsOf(owed, (one) => one.track === 'failing' && !one.episode.over, {
      runs: 'not verified',
      configuration: 'the configuration is wrong',
    }),
    ...partsOf(owed, (one) => one.track === 'blind' && !one.episode.over, {
      runs: '',
      configuration: 'the configuration cannot be read',
    }),
    ...partsOf(owed, (one) => one.episode.over?.how === 'recovered', {
      runs: 'verified again',
      configuration: 'the configuration can be used again',
    }),
    ...partsOf(owed, (one) => one.episode.over?.how === 'unwatched', {
      runs: 'no longer watched',
      configuration: '',
    }),
  ];
  return parts.join('; ');
}

function partsOf(
  owed: readonly Owed[],
  isMeant: (one: Owed) => boolean,
  words: { readonly runs: string; readonly configuration: string },
): string[] {
  const meant = owed.filter(isMeant);
  const clusters = meant.flatMap(({ signal }) => clusterOf(signal) ?? []);
  const [only] = clusters;
  const who = clusters.length === 1 && only ? printable(only, 60) : `${clusters.length} clusters`;
  return [
    ...(clusters.length > 0 ? [`${who} ${words.runs}`] : []),
    ...(meant.some(({ signal }) => signal === CONFIGURATION) ? [words.configuration] : []),
  ];
}

function storyOf(failing: readonly Owed[]): string[] {
  const clusters = failing.flatMap(({ signal }) => clusterOf(signal) ?? []);
  return [
    ...(clusters.length > 0
      ? [
          'Nothing is known of what arrives there: no verification was completed. Look at the log of verify and at the queues.',
        ]
      : []),
    ...(failing.some(({ signal }) => signal === CONFIGURATION)
      ? ['What was uploaded is not used; the last good configuration stays in force.']
      : []),
  ];
}

function entryOf({ signal, episode }: Owed, facts: OwnFacts, now: number): Entry {
  const found = facts.findings.get(signal) ?? [];
  const at = new Date(episode.since).toISOString();
  return {
    name: printable(clusterOf(signal) ?? signal),
    severity: 'critical',
    about: 'plumbline itself',
    why: clusterOf(signal) === undefined ? 'it was read and is wrong' : 'no run was completed in time',
    since: { at, text: `since ${instant(at)}, for ${formatDuration(now - episode.since)}` },
    findings: found.slice(0, MOST_FINDINGS).map(({ observed, expected }) => ({
      expectation: clusterOf(signal) === undefined ? CONFIGURATION : 'runs',
      subject: '',
      observed: printable(observed),
      expected,
      isNew: false,
    })),
    moreFindings: Math.max(0, found.length - MOST_FINDINGS),
    wentBlind: null,
    question: null,
    console: null,
    runbook: null,
  };
}

function overOf({ signal, track, episode }: Owed): Over[] {
  if (!episode.over) return [];
  const { how, at } = episode.over;
  const what = how === 'unwatched' ? how : track === 'blind' ? 'sighted' : 'recovered';
  const why = `after ${formatDuration(at - episode.since)}`;
  return [{ what, why, signals: named([printable(clusterOf(signal) ?? signal, 60)]) }];
}
