import { coincidence } from '../change.ts';
import { counted } from '../counted.ts';
import { instant } from '../instant.ts';
import { type Entry, type Message, mostUrgent, named, type Reason } from '../message.ts';
import type { PlannedCluster } from '../plan.ts';
import type { Report } from '../report/report.ts';
import { isRegional, type Signal } from '../signal.ts';
import { digest } from './identity.ts';
import { gravest } from './memory.ts';
import { isGain } from './occasion.ts';

/** A cluster of which something opened in this run, with the reason that most of it shares. */
export interface Turn {
  readonly cluster: string;
  readonly because: string;
  /** Where what turned for this reason lives: what is narrow first. */
  readonly places: readonly string[];
}

/** Clusters that turned for one reason and share a place. */
export interface Storm {
  /** `region eu-west-1` */
  readonly place: string;
  readonly clusters: ReadonlySet<string>;
}

const FEWEST = 3;

/**
 * Which of the clusters that turned in one run are one story: at least three, and at least half of all that are watched
 * in the region, account or endpoint that they share. The largest story first; no cluster is in two.
 */
export function stormsOf(turns: readonly Turn[], watched: readonly PlannedCluster[]): readonly Storm[] {
  if (turns.length < FEWEST) return [];
  const storms: Storm[] = [];
  const population = Map.groupBy(
    watched.flatMap(({ signals }) =>
      placesOf(signals.map(({ signal }) => signal)).map((place) => ({ place })),
    ),
    ({ place }) => place,
  );
  let left = turns;
  for (;;) {
    const candidates = Map.groupBy(
      left.flatMap((turn) => turn.places.map((place) => ({ place, turn }))),
      ({ place, turn }) => JSON.stringify([turn.because, place]),
    );
    // A cluster may have turned more than once: one run that was held twice, or a run and the second look before it.
    const [best] = [...candidates.values()]
      .map((some) => ({ place: some[0]?.place, clusters: new Set(some.map(({ turn }) => turn.cluster)) }))
      .filter(
        ({ place = '', clusters: { size } }) =>
          size >= FEWEST && size * 2 >= (population.get(place)?.length ?? 0),
      )
      .sort((a, b) => b.clusters.size - a.clusters.size);
    if (best?.place === undefined) return storms;
    const { place, clusters } = best;
    storms.push({ place, clusters });
    left = left.filter(({ cluster }) => !clusters.has(cluster));
  }
}

function placesOf(signals: readonly Signal[]): readonly string[] {
  const places = signals.flatMap(({ plane, address, endpoint, role, region }) => [
    ...(isRegional(plane) ? [] : [`${plane} ${address}`]),
    ...(endpoint === undefined ? [] : [`endpoint ${endpoint}`]),
    ...(role === undefined ? [] : [`account ${role.split(':')[4] ?? ''}`]),
    `region ${region}`,
  ]);
  return [...new Set(places)];
}

/** How a cluster turned with these signals: by plane and what is first found, or why they cannot be seen. */
export function turnOf(
  cluster: PlannedCluster,
  { signals }: Report['clusters'][number],
  names: readonly string[],
): Turn[] {
  const turned = signals
    .filter(({ signal }) => names.includes(signal))
    .map(({ signal, plane, findings, unavailable }) => {
      const broken = findings.find((finding) => !isGain(finding));
      return { signal, because: `${plane} ${broken?.expectation ?? unavailable[0]?.reason ?? ''}` };
    });
  const [most] = [...Map.groupBy(turned, ({ because }) => because)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  if (!most) return [];
  const [because, alike] = most;
  const planned = cluster.signals.filter(({ signal }) => alike.some((one) => one.signal === signal.name));
  return [{ cluster: cluster.name, because, places: placesOf(planned.map(({ signal }) => signal)) }];
}

const MOST_ENTRIES = 10;
const MOST_FINDINGS = 3;

export interface StormFacts {
  /** What the clusters share. */
  readonly place: string;
  /** Other clusters of which nothing is wrong. */
  readonly calm: readonly string[];
  /** Planes that work entirely in all clusters of the storm. */
  readonly working: readonly string[];
}

/** The messages of several clusters as one. */
export function composeStorm(messages: readonly Message[], { place, calm, working }: StormFacts): Message {
  const clusters = messages.flatMap((message) => message.clusters);
  const [first] = messages;
  if (!first) throw new Error('a storm of no cluster');
  const failing = messages.filter(({ entries }) => entries.length > 0);
  const reason = mostUrgent(messages.map((message) => message.reason));
  const changes = [...new Set(messages.flatMap((message) => message.changes))];
  const isQuiet = failing.length === 0;
  return {
    id: digest(messages.map(({ id }) => id).sort()),
    clusters,
    severity: gravest(messages.map(({ severity }) => severity)),
    reason,
    title: `${clusters.length} clusters ${WORDS[reason]} (${place})`,
    checkedAt: first.checkedAt,
    story: [
      ...(isQuiet ? [`They share ${place}.`] : brokenIn(failing, place)),
      ...coincidence(changes),
      ...(working.length > 0 && !isQuiet ? [`Still arriving in all of them: ${working.join(', ')}.`] : []),
      ...(calm.length > 0 ? [`Not affected: ${named(calm, 10)}.`] : []),
    ],
    changes,
    entries: failing.slice(0, MOST_ENTRIES).map(clusterEntry),
    others: failing.slice(MOST_ENTRIES).flatMap((message) => message.clusters),
    blind: merged(
      messages,
      (message) => message.blind,
      ({ reason: why }) => why,
    ),
    over: merged(
      messages,
      (message) => message.over,
      ({ what }) => what,
    ),
    ok: calm,
    incidents: mergedIncidents(messages, place),
  };
}

function brokenIn(failing: readonly Message[], place: string): string[] {
  const entries = failing.flatMap((message) => message.entries);
  const kinds = Map.groupBy(
    entries.flatMap(({ about, findings }) =>
      findings[0] ? [`${findings[0].expectation} on ${about.split(', ')[0]}`] : [],
    ),
    (kind) => kind,
  );
  const [most] = [...kinds].sort(([, a], [, b]) => b.length - a.length);
  const since = entries.flatMap((entry) => entry.since ?? []).sort((a, b) => (a.at < b.at ? -1 : 1))[0];
  const what = most ? `Most of it is ${most[0]}` : 'They fail';
  return [
    `${what}${since ? `, the first since ${instant(since.at)}` : ''}.`,
    `They share ${place} and turned together: look there before you look into one of them.`,
  ];
}

const WORDS: Readonly<Record<Reason, string>> = {
  opened: 'are failing',
  found: 'have new findings',
  blind: 'cannot be observed',
  reminder: 'are still failing',
  recovered: 'have recovered',
  sighted: 'can be observed again',
  unwatched: 'are no longer watched',
  compared: 'were compared',
  test: 'test',
};

function clusterEntry({ clusters, entries, others, severity }: Message): Entry {
  const [first] = entries;
  if (!first) throw new Error('a failing cluster without an entry');
  const names = [...entries.map(({ name }) => name), ...others];
  const earliest = entries.flatMap(({ since }) => since ?? []).sort((a, b) => (a.at < b.at ? -1 : 1))[0];
  const findings = entries.flatMap((entry) => entry.findings.slice(0, 1));
  const all = entries.reduce((sum, entry) => sum + entry.findings.length + entry.moreFindings, 0);
  return {
    ...first,
    name: clusters[0] ?? '',
    severity,
    about: `${counted(names.length, 'signal')}: ${named(names, 5)}`,
    since: earliest ?? null,
    wentBlind: entries.flatMap((entry) => entry.wentBlind ?? [])[0] ?? null,
    findings: findings.slice(0, MOST_FINDINGS),
    moreFindings: Math.max(0, all - Math.min(findings.length, MOST_FINDINGS)),
  };
}

/** The same thing of several clusters as one, told with the clusters' names and the first one's words. */
function merged<T extends { readonly signals: string }>(
  messages: readonly Message[],
  items: (message: Message) => readonly T[],
  kind: (item: T) => string,
): T[] {
  const all = messages.flatMap((message) =>
    items(message).map((item) => ({ item, cluster: message.clusters[0] ?? '' })),
  );
  return [...Map.groupBy(all, ({ item }) => kind(item)).values()].flatMap((alike) => {
    const names = [...new Set(alike.map(({ cluster }) => cluster))];
    return alike[0] ? [{ ...alike[0].item, signals: named(names, 10) }] : [];
  });
}

function mergedIncidents(messages: readonly Message[], place: string): Message['incidents'] {
  const all = messages.flatMap(({ incidents }) => incidents);
  return [...Map.groupBy(all, ({ key }) => key)].map(([key, alike]) => ({
    key,
    severity: gravest(alike.map(({ severity }) => severity)),
    isOver: alike.every(({ isOver }) => isOver),
    summary:
      alike.length === 1
        ? (alike[0]?.summary ?? '')
        : `${alike.length} clusters ${alike.every(({ isOver }) => isOver) ? 'are over it' : 'are failing'} (${place})`,
  }));
}
