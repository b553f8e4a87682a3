import { LISTING_LASTS_MS } from '../cloudwatch/listing.ts';
import { type Evidence, unavailable } from '../evidence.ts';
import {
  answerVended,
  groupOf,
  incoming,
  isOfVended,
  isReceiving,
  neededBy,
  receivingInstead,
} from '../logs/answers.ts';
import { identifierOf, type Logs, openLogs } from '../logs/client.ts';
import { arrivingText } from '../logs/elsewhere.ts';
import { describeGroups } from '../logs/groups.ts';
import type { LogGroup, LogGroupPlace, StrayStreams, StrayStreamsQuestion } from '../logs/questions.ts';
import { remembered } from '../logs/remembered.ts';
import { recentStreams, strayStreams } from '../logs/streams.ts';
import { logsText } from '../logs/text.ts';
import { vendedMetrics } from '../logs/vended.ts';
import { type AnyEvidence, type CountQuestion, type Question, questionKey } from '../question.ts';
import type { Signal } from '../signal.ts';
import { cloudwatch } from './cloudwatch.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

/** A group in which events arrived so lately is there, whatever DescribeLogGroups shows. */
const ALIVE_MS = 15 * 60_000;
const NOT_SHOWN = unavailable(
  'incomplete',
  'log events arrive, but DescribeLogGroups does not show the group',
);

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

  function describe(groups: readonly LogGroupPlace[]) {
    const described = describeGroups(groups, { region, open, facts, ports });
    return async (group: LogGroupPlace): Promise<Evidence<LogGroup> | undefined> =>
      (await described).get(identifierOf(group, region));
  }
  type Described = ReturnType<typeof describe>;

  async function setUpOf(group: LogGroupPlace, described: Described): Promise<AnyEvidence | undefined> {
    const evidence = await described(group);
    if (evidence?.kind !== 'absent') return evidence;
    const read = await readVended([incoming(group, ALIVE_MS)]);
    return isReceiving(group, ALIVE_MS, read, clock.now()) ? NOT_SHOWN : evidence;
  }

  /** Nothing arrives in a group that does not exist: that is the answer then, and where events arrive instead. */
  async function silence(
    question: CountQuestion,
    count: AnyEvidence,
    known: Described,
  ): Promise<AnyEvidence> {
    const group = groupOf(question);
    const described = (await known(group)) ?? (await describe([group])(group));
    if (described?.kind === 'absent') {
      const elsewhere = { ask: 'elsewhere', ...group, freshMs: question.freshMs } as const;
      const instead = receivingInstead(elsewhere, await readVended(neededBy(elsewhere)), clock.now());
      return { ...described, detail: described.detail + arrivingText(instead) };
    }
    const isRemembered = described?.kind === 'found' && described.isRemembered === true;
    return count.kind === 'found' && isRemembered ? { ...count, isRemembered } : count;
  }

  async function strays(
    question: StrayStreamsQuestion,
    lastsMs = LISTING_LASTS_MS,
  ): Promise<Evidence<readonly StrayStreams[]>> {
    const { place, account, freshMs } = question;
    const recent = await facts.fact(['streams', place, account, freshMs], lastsMs, async () =>
      recentStreams(question, freshMs, await open(), ports),
    );
    if (recent.kind !== 'found') return recent;
    const isRemembered = recent.isRemembered === true;
    const evidence = await strayStreams(question, recent.value, open, ports);
    // One stream that was deleted since makes a whole search fail.
    const isOutdated = evidence.kind === 'unavailable' && evidence.reason === 'incomplete' && isRemembered;
    if (isOutdated) return strays(question, 0);
    return evidence.kind === 'found' ? { ...evidence, isRemembered } : evidence;
  }

  return {
    text: logsText,
    renew: () => {
      facts.renew();
      metrics.renew?.();
    },
    async ask(questions) {
      const ofMetrics = questions.filter((one) => 'of' in one && one.of.place === undefined);
      const own = questions.filter((one) => !ofMetrics.includes(one));
      const described = describe(own.filter((one) => one.ask === 'logGroup'));
      const read = readVended(own.filter(isOfVended).flatMap(neededBy));
      const answer = async (question: Question): Promise<AnyEvidence | undefined> => {
        if (question.ask === 'logGroup') return setUpOf(question, described);
        if (question.ask === 'strayStreams') return strays(question);
        if (!isOfVended(question)) return undefined;
        const evidence = answerVended(question, await read, clock.now());
        const isSilent = evidence.kind === 'found' && question.ask === 'count' && !question.beforeMs;
        const isNothing =
          evidence.kind === 'found' && Array.isArray(evidence.value) && evidence.value.length === 0;
        return isSilent && isNothing ? silence(question, evidence, described) : evidence;
      };
      const [fromMetrics, ...answers] = await Promise.all([
        ofMetrics.length > 0 ? metrics.ask(ofMetrics) : [],
        ...own.map(async (question): Promise<[string, AnyEvidence][]> => {
          const evidence = await answer(question);
          return evidence ? [[questionKey(question), evidence]] : notKnownHere([question]);
        }),
      ]);
      return new Map([...fromMetrics, ...answers.flat()]);
    },
  };
}
