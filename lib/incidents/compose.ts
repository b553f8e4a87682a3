import { changeText, coinciding } from '../change.ts';
import { consoleLink } from '../console-link.ts';
import { formatDuration } from '../duration.ts';
import { instant } from '../instant.ts';
import { type Entry, type Message, mostUrgent, named, type Over } from '../message.ts';
import { printable } from '../printable.ts';
import type { SignalReport } from '../report/report.ts';
import { blindNow } from '../report/words.ts';
import { digest, findingIdentity } from './identity.ts';
import { incidentStates } from './incident-states.ts';
import { changesOf } from './machinery.ts';
import { channelIn, gravest, type Severity, signalIn } from './memory.ts';
import { blindOf } from './blindness.ts';
import { failureOf, isGain, type Occasion } from './occasion.ts';
import { type Owed, reasonOf } from './settle.ts';
import { storyOf, titleOf } from './story.ts';

/** Ten signals fill several screens of a telephone; beyond them names are enough to see how far it reaches. */
const MOST_ENTRIES = 10;
const MOST_TOLD_FINDINGS = 3;
const LONGEST_QUESTION = 1500;

/** What one channel is told about one cluster: everything that it is owed, as it is now. */
export function compose(occasion: Occasion): Message {
  const { cluster, report, checkedAt, owed } = occasion;
  const failing = owed
    .filter(({ track, episode }) => track !== 'blind' && !episode.over)
    .sort((a, b) => rank(severityOf(occasion, a)) - rank(severityOf(occasion, b)));
  const changes = changesAbout(occasion, failing);
  return {
    id: digest([cluster.name, owed.map((one) => identityOf(one, occasion.channel))]),
    clusters: [printable(cluster.name)],
    severity: gravest(owed.filter(({ track }) => track !== 'blind').map((one) => severityOf(occasion, one))),
    reason: mostUrgent(owed.map((one) => reasonOf(one, occasion.channel))),
    title: titleOf(occasion),
    checkedAt: new Date(checkedAt).toISOString(),
    story: storyOf(occasion, changes),
    changes,
    entries: failing.slice(0, MOST_ENTRIES).map((one) => entryOf(one, occasion)),
    others: failing.slice(MOST_ENTRIES).map(({ signal }) => printable(signal, 60)),
    blind: blindOf(occasion),
    over: overOf(owed),
    ok: report.signals.filter(({ verdict }) => verdict === 'ok').map(({ signal }) => printable(signal, 60)),
    incidents: incidentStates(occasion),
  };
}

/** What changed about when any of it began. */
function changesAbout({ memory, checkedAt }: Occasion, failing: readonly Owed[]): readonly string[] {
  const since = failing.map(({ episode }) => episode.since);
  return coinciding(changesOf(memory.machinery ?? []), since, checkedAt).map(changeText);
}

/** A gain is no more than a warning, whatever the signal is. */
function severityOf({ memory }: Occasion, { signal, track }: Owed): Severity {
  if (track === 'gain') return 'warning';
  return signalIn(memory, signal)?.severity ?? 'critical';
}

function rank(severity: Severity): number {
  return severity === 'critical' ? 0 : 1;
}

/** What of a message makes it the same message, sent again. */
function identityOf({ signal, track, telling, episode }: Owed, channel: string): readonly unknown[] {
  const { at, key } = episode.opened;
  const told = channelIn(episode, channel)?.told?.at;
  return [signal, track, telling, key, at, episode.findings.length, told ?? 0];
}

function entryOf(owed: Owed, occasion: Occasion): Entry {
  const { cluster, report, checkedAt, channel } = occasion;
  const { signal: name, episode } = owed;
  const seen = report.signals.find(({ signal }) => signal === name);
  const planned = cluster.signals.find(({ signal }) => signal.name === name)?.signal;
  const findings = (seen?.findings ?? []).filter((finding) => isGain(finding) === (owed.track === 'gain'));
  const question =
    findings.find((finding) => finding.question !== null)?.question ?? seen?.evidence.questions[0];
  const told = channelIn(episode, channel)?.told;
  const news = new Set(told ? episode.findings.slice(told.findings) : []);
  const strongest = findings
    .map((finding) => ({ finding, isNew: news.has(findingIdentity(finding)) }))
    .sort((a, b) => Number(b.isNew) - Number(a.isNew));
  const severity = severityOf(occasion, owed);
  const plane = seen?.plane ?? planned?.plane;
  return {
    name: printable(name),
    severity,
    about: [...(plane ? [plane] : []), ...(severity === 'warning' ? ['warning'] : [])].join(', '),
    why: whyOf(owed, seen, checkedAt, channel),
    since: sinceOf(owed, seen, checkedAt),
    findings: strongest.slice(0, MOST_TOLD_FINDINGS).map(({ finding, isNew }) => ({
      expectation: finding.expectation,
      subject: printable(finding.subject, 120),
      observed: printable(finding.observed),
      expected: printable(finding.expected),
      isNew,
    })),
    moreFindings: Math.max(0, findings.length - MOST_TOLD_FINDINGS),
    wentBlind: blindText(seen),
    question:
      question === undefined || question.length > LONGEST_QUESTION
        ? null
        : printable(question, LONGEST_QUESTION),
    console: planned ? consoleLink(planned, question ?? null, episode.since, checkedAt) : null,
    runbook: seen?.runbook ?? planned?.runbook ?? null,
  };
}

function blindText(seen: SignalReport | undefined): string | null {
  const blind = seen && blindNow(seen.wentBlind);
  return blind === undefined ? null : printable(blind, 700);
}

function whyOf(
  { telling, episode, track }: Owed,
  seen: SignalReport | undefined,
  now: number,
  channel: string,
): string {
  const { opened } = episode;
  const told = channelIn(episode, channel)?.told;
  const openFor = formatDuration(now - opened.at);
  const parts = {
    opened: `${opened.because}${now - opened.at >= 60_000 ? `, open for ${openFor}: it may not have been told before` : ''}`,
    found: track === 'gain' ? 'more of it, told once' : 'new findings in an open incident',
    reminder: `still open after ${openFor}${told ? `, last told ${formatDuration(now - told.at)} ago` : ''}`,
    unmuted: `open for ${openFor}, held back by a ${episode.wasHeldBy ?? 'mute'}`,
    recovered: '',
    unwatched: '',
  } as const;
  const lately =
    seen?.verdict === 'ok'
      ? '; the last run saw it ok'
      : seen?.verdict === 'unknown'
        ? '; the last run could not observe it'
        : '';
  return `${parts[telling]}${lately}`;
}

function sinceOf({ episode, track }: Owed, seen: SignalReport | undefined, now: number): Entry['since'] {
  if (track === 'gain') {
    const at = new Date(episode.since).toISOString();
    return { at, text: `seen since ${instant(at)}` };
  }
  const failure = failureOf(seen);
  const isSilent = failure === 'silent' || failure === 'partly';
  const at = new Date(episode.since).toISOString();
  // Nothing was seen as far back as was looked: it began before anybody noticed.
  const isNoticed = isSilent && episode.since === episode.firstAt;
  const how = isNoticed ? 'noticed at' : isSilent ? 'silent since' : 'failing since';
  const lasting = isNoticed ? '' : `, for ${formatDuration(now - episode.since)}`;
  return { at, text: `${how} ${instant(at)}${lasting}` };
}

function overOf(owed: readonly Owed[]): Over[] {
  const alike = new Map<string, { what: Over['what']; why: string; names: string[] }>();
  for (const { signal, track, episode } of owed) {
    if (!episode.over) continue;
    const { how, because } = episode.over;
    const what = how === 'unwatched' ? how : track === 'blind' ? 'sighted' : 'recovered';
    const key = JSON.stringify([what, because]);
    const entry = alike.get(key) ?? { what, why: because, names: [] };
    entry.names.push(printable(signal, 60));
    alike.set(key, entry);
  }
  return [...alike.values()].map(({ what, why, names }) => ({ what, why, signals: named(names, 10) }));
}
