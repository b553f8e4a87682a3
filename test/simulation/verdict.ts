import { AFTERMATH_MS, type Outage } from './plan.ts';
import { CHANNELS, type Told } from './runs.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const REMIND_MS = 4 * HOUR_MS;
/** Planes and groups notice the same break at different speeds. */
const GROWS_MS = 30 * MINUTE_MS;

/** What one channel heard about one signal, in short words. */
interface Heard {
  readonly at: number;
  readonly cluster: string;
  readonly signal: string;
  readonly what: 'opened' | 'grown' | 'reminder' | 'recovered' | 'other';
  readonly words: string;
}

export interface Judged {
  /** What should not have been told, or should have been. Empty when all is right. */
  readonly problems: readonly string[];
  /** Milliseconds from the beginning of each outage to its first opening, by kind. */
  readonly detected: ReadonlyMap<string, readonly number[]>;
  /** How often a signal was told of again because more of it broke, soon after it had opened. */
  readonly grown: number;
}

/**
 * Holds what was told against what broke: in between nothing; of each outage and on each channel one incident, each of
 * its signals opened once and recovered once, with reminders every four hours.
 */
export function judgeTold(told: readonly Told[], outages: readonly Outage[]): Judged {
  const problems: string[] = [];
  const detected = new Map<string, number[]>();
  for (const channel of CHANNELS) {
    const own = told.filter((one) => one.channel === channel);
    const during = (outage: Outage) =>
      own.filter(({ at, message }) => {
        const isThen = at >= outage.begin && at <= outage.end + AFTERMATH_MS;
        return isThen && message.clusters.join() === outage.cluster;
      });
    for (const outage of outages) {
      const messages = during(outage);
      const name = `${outage.kind.name} in ${outage.cluster} from ${time(outage.begin)} to ${time(outage.end)} (${channel})`;
      problems.push(...ofOutage(messages, outage).map((problem) => `${name}: ${problem}`));
      const first = messages.find(({ message }) => message.reason === 'opened');
      if (!first || channel !== CHANNELS[0]) continue;
      const known = detected.get(outage.kind.name) ?? [];
      detected.set(outage.kind.name, [...known, first.at - outage.begin]);
    }
    const explained = new Set(outages.flatMap(during));
    problems.push(
      ...own.filter((one) => !explained.has(one)).map((one) => `false alarm on ${channel}: ${inShort(one)}`),
    );
  }
  const grown = told.flatMap(heardIn).filter(({ what }) => what === 'grown').length;
  return { problems, detected, grown };
}

function ofOutage(messages: readonly Told[], { kind }: Outage): string[] {
  const heard = messages.flatMap(heardIn);
  const signals = [...new Set(heard.map(({ signal }) => signal))];
  const keys = new Set(messages.flatMap(({ message }) => message.incidents.map(({ key }) => key)));
  const over = messages.flatMap(({ message }) => message.incidents.filter(({ isOver }) => isOver));
  return [
    ...(messages.length === 0 ? ['nobody was told'] : []),
    ...(keys.size > 1 ? [`${keys.size} incidents: ${[...keys].join(', ')}`] : []),
    ...(messages.length > 0 && over.length !== 1 ? [`over ${over.length} times`] : []),
    ...heard.filter(({ what }) => what === 'other').map(({ words }) => words),
    ...signals.filter((signal) => !kind.signals.includes(signal)).map((signal) => `${signal} was told`),
    ...signals.flatMap((signal) =>
      ofSignal(
        signal,
        heard.filter((one) => one.signal === signal),
      ),
    ),
  ];
}

function ofSignal(signal: string, heard: readonly Heard[]): string[] {
  const [first, ...rest] = heard;
  const last = rest.pop();
  const isWhole = first?.what === 'opened' && last?.what === 'recovered';
  const begun = first?.at ?? 0;
  const grown = rest.filter(({ at, what }) => what === 'grown' && at - begun <= GROWS_MS);
  const reminders = rest.filter(({ what }) => what === 'reminder');
  const isCalm = reminders.every(
    ({ at }, index) => at - (reminders[index - 1]?.at ?? begun) >= REMIND_MS / 2,
  );
  const openMs = (last?.at ?? 0) - begun;
  const due = Math.floor((openMs - 15 * MINUTE_MS) / REMIND_MS);
  if (isWhole && isCalm && grown.length + reminders.length === rest.length && reminders.length >= due)
    return [];
  return [`${signal}: ${heard.map(({ at, what }) => `${what} ${time(at)}`).join(', ')}`];
}

function heardIn(told: Told): Heard[] {
  const { at, message } = told;
  const cluster = message.clusters.join();
  const words = inShort(told);
  return [
    ...message.entries.map(({ name, why }): Heard => ({
      at,
      cluster,
      signal: name,
      what: meaningOf(why),
      words,
    })),
    ...message.over.flatMap(({ what, signals }) =>
      signals.split(', ').map((signal): Heard => ({
        at,
        cluster,
        signal,
        what: what === 'recovered' ? what : 'other',
        words,
      })),
    ),
    ...(message.reason === 'blind' || message.reason === 'sighted'
      ? [{ at, cluster, signal: message.reason, what: 'other' as const, words }]
      : []),
  ];
}

function meaningOf(why: string): Heard['what'] {
  if (why.startsWith('failing in')) return 'opened';
  if (why.startsWith('still open')) return 'reminder';
  return why.startsWith('new findings') ? 'grown' : 'other';
}

function inShort({ at, message }: Told): string {
  const entries = message.entries.map(
    ({ name, why, findings }) =>
      `${name} [${why}] ${findings.map((one) => `${one.expectation} ${one.subject} (${one.observed})`).join('; ')}`,
  );
  const over = message.over.map(({ signals, what, why }) => `${what} ${signals} [${why}]`);
  const blind = message.blind.map(({ signals, reason, why }) => `blind ${signals} ${reason} [${why}]`);
  return `${time(at)} ${message.reason}: ${message.title} | ${[...entries, ...over, ...blind].join(' | ')}`;
}

function time(at: number): string {
  return new Date(at).toISOString().slice(5, 19);
}
