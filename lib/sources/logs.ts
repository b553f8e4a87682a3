import { openCloudWatch } from '../cloudwatch/client.ts';
import { LISTING_LASTS_MS, notSeen } from '../cloudwatch/listing.ts';
import { type Absent, type Evidence, type Unavailable, unavailable } from '../evidence.ts';
import {
  answerVended,
  groupOf,
  incoming,
  isOfVended,
  isReceiving,
  neededBy,
  receivingInstead,
  type VendedQuestion,
} from '../logs/answers.ts';
import { identifierOf, type Logs, openLogs } from '../logs/client.ts';
import { arrivingText } from '../logs/elsewhere.ts';
import { describeGroups } from '../logs/groups.ts';
import type {
  ElsewhereQuestion,
  LogGroup,
  LogGroupPlace,
  LogGroupQuestion,
  StrayStreams,
  StrayStreamsQuestion,
} from '../logs/questions.ts';
import { remembered } from '../logs/remembered.ts';
import { recentStreams, strayStreams } from '../logs/streams.ts';
import { logsText } from '../logs/text.ts';
import { vendedMetrics } from '../logs/vended.ts';
import { type AnyEvidence, type CountQuestion, questionKey } from '../question.ts';
import type { Signal } from '../signal.ts';
import { cloudwatch } from './cloudwatch.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

/** A group in which events arrived so lately is there, whatever DescribeLogGroups shows. */
const ALIVE_MS = 15 * 60_000;

type Groups = ReadonlyMap<string, Evidence<LogGroup>>;

/** A count of nothing. */
interface Silent {
  readonly question: CountQuestion;
  readonly evidence: Exclude<AnyEvidence, Absent | Unavailable>;
}

/**
 * The log groups of one region and account. What arrives is told by the metrics that CloudWatch Logs vends, never by the
 * times of streams, which lag: all groups in one GetMetricData. How groups are set up is remembered for half an hour,
 * which streams are recent for 15 minutes. A metric that is made of log events is asked of CloudWatch.
 */
export function logs(signal: Signal, ports: SourcePorts): Source {
  const { region } = signal;
  const { clock } = ports;
  const metrics = cloudwatch(signal, ports);
  const readVended = vendedMetrics(signal, ports);
  const facts = remembered(signal, ports);
  let opened: Promise<Logs> | undefined;
  const open = (): Promise<Logs> => (opened ??= openLogs(signal, ports));

  const hidden = new Map<string, Promise<Unavailable | undefined>>();

  /** Why nothing at all is seen of the linked account that a group is in; looked at once a run, where it looks empty. */
  async function hiding({ account }: LogGroupPlace): Promise<Unavailable | undefined> {
    if (account === undefined) return undefined;
    const looked = hidden.get(account) ?? openCloudWatch(signal, ports).then((on) => notSeen(account, on));
    hidden.set(account, looked);
    return looked;
  }

  /** A group that does not seem to exist, though log events arrive in it, or nothing is seen of its account. */
  async function doubt(group: LogGroupPlace, operation: string): Promise<Unavailable | undefined> {
    const read = await readVended([incoming(group, ALIVE_MS)]);
    if (!isReceiving(group, ALIVE_MS, read, clock.now())) return hiding(group);
    return unavailable('incomplete', `log events arrive, but ${operation} does not show the group`);
  }

  const describe = (groups: readonly LogGroupPlace[]): Promise<Groups> =>
    describeGroups(groups, { region, open, facts, ports });

  /** What DescribeLogGroups does not show is absent, unless that is in doubt. */
  async function setUps(questions: readonly LogGroupQuestion[], known: Promise<Groups>) {
    const groups = await known;
    const of = (group: LogGroupPlace) => groups.get(identifierOf(group, region));
    const missing = questions.filter((one) => of(one)?.kind === 'absent');
    await readVended(missing.map((one) => incoming(one, ALIVE_MS)));
    return Promise.all(
      questions.map(async (one) => {
        const doubted = missing.includes(one) ? await doubt(one, 'DescribeLogGroups') : undefined;
        return [one, doubted ?? of(one)] as const;
      }),
    );
  }

  async function arrivals(questions: readonly VendedQuestion[], known: Promise<Groups>) {
    const read = await readVended(questions.flatMap(neededBy));
    const answers = questions.map((question) => ({
      question,
      evidence: answerVended(question, read, clock.now()),
    }));
    const silent = answers.filter(isSilent);
    const instead = new Map(silent.length > 0 ? await silences(silent, await known) : []);
    return answers.map(({ question, evidence }) => [question, instead.get(question) ?? evidence] as const);
  }

  /** Nothing arrives in a group that does not exist: that is the answer then, and where events arrive instead. */
  async function silences(
    silent: readonly Silent[],
    known: Groups,
  ): Promise<(readonly [VendedQuestion, AnyEvidence])[]> {
    const idOf = ({ question }: Silent): string => identifierOf(groupOf(question), region);
    const others = await describe(
      silent.filter((one) => !known.has(idOf(one))).map(({ question }) => groupOf(question)),
    );
    const describedAs = (one: Silent) => known.get(idOf(one)) ?? others.get(idOf(one));
    const absent = silent.filter((one) => describedAs(one)?.kind === 'absent');
    const read = await readVended(absent.flatMap((one) => neededBy(elsewhere(one))));
    const answer = async (one: Silent): Promise<AnyEvidence> => {
      const described = describedAs(one);
      const trouble = await hiding(groupOf(one.question));
      if (trouble) return trouble;
      if (described?.kind === 'absent') {
        const instead = arrivingText(receivingInstead(elsewhere(one), read, clock.now()));
        return { ...described, detail: described.detail + instead };
      }
      const isRemembered = described?.kind === 'found' && described.isRemembered === true;
      return isRemembered ? { ...one.evidence, isRemembered } : one.evidence;
    };
    return Promise.all(silent.map(async (one) => [one.question, await answer(one)] as const));
  }

  async function strays(
    question: StrayStreamsQuestion,
    lastsMs = LISTING_LASTS_MS,
  ): Promise<Evidence<readonly StrayStreams[]>> {
    const { place, account, freshMs } = question;
    const recent = await facts.fact(['streams', place, account, freshMs], lastsMs, async () =>
      recentStreams(question, freshMs, await open(), ports),
    );
    if (recent.kind === 'absent') return (await doubt(question, 'DescribeLogStreams')) ?? recent;
    if (recent.kind !== 'found') return recent;
    const isRemembered = recent.isRemembered === true;
    const evidence = await strayStreams(question, recent.value, open, ports);
    // One stream that was deleted since makes a whole search fail.
    const isOutdated = evidence.kind === 'unavailable' && evidence.reason === 'incomplete' && isRemembered;
    if (isOutdated) return strays(question, 0);
    return evidence.kind === 'found' ? { ...evidence, isRemembered } : evidence;
  }

  return {
    text: (question) => logsText(question, region),
    renew: () => {
      facts.renew();
      metrics.renew?.();
    },
    async ask(questions) {
      const ofMetrics = questions.filter((one) => 'of' in one && one.of.place === undefined);
      const ofGroups = questions.filter((one) => one.ask === 'logGroup');
      const ofStreams = questions.filter((one) => one.ask === 'strayStreams');
      const known = describe(ofGroups);
      const [fromMetrics, ...answers] = await Promise.all([
        ofMetrics.length > 0 ? metrics.ask(ofMetrics) : [],
        arrivals(questions.filter(isOfVended), known),
        setUps(ofGroups, known),
        Promise.all(ofStreams.map(async (one) => [one, await strays(one)] as const)),
      ]);
      const answered = new Map<string, AnyEvidence>(fromMetrics);
      for (const [question, evidence] of answers.flat()) {
        if (evidence) answered.set(questionKey(question), evidence);
      }
      return new Map([...notKnownHere(questions), ...answered]);
    },
  };
}

function elsewhere({ question }: Silent): ElsewhereQuestion {
  return { ask: 'elsewhere', ...groupOf(question), freshMs: question.freshMs };
}

function isSilent(answer: { question: VendedQuestion; evidence: AnyEvidence }): answer is Silent {
  const { question, evidence } = answer;
  const isNow = question.ask === 'count' && question.beforeMs === undefined;
  return isNow && evidence.kind === 'found' && Array.isArray(evidence.value) && evidence.value.length === 0;
}
