import { identityKey } from '../aws/credentials.ts';
import { awsService } from '../aws/service.ts';
import { type Evidence, type Found, found, unavailable } from '../evidence.ts';
import {
  type AnyEvidence,
  type CountQuestion,
  type NewestQuestion,
  type Question,
  questionKey,
} from '../question.ts';
import type { Signal } from '../signal.ts';
import { readDestination } from '../xray/destination.ts';
import { look, type Looked, type Wanted } from '../xray/look.ts';
import type { Period, TracePlace } from '../xray/place.ts';
import type {
  TraceDestination,
  TraceDestinationQuestion,
  TracedServicesQuestion,
} from '../xray/questions.ts';
import { spans, SPANS_GROUP } from '../xray/spans.ts';
import { LONGEST_PERIOD_MS, summaries, type XRay } from '../xray/summaries.ts';
import { serviceExpression, spanPattern } from '../xray/text.ts';
import { slowFact } from './slow.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

type AboutTraces = CountQuestion | NewestQuestion;
type Known = AboutTraces | TraceDestinationQuestion | TracedServicesQuestion;

/**
 * The traces of the services of one region and account: in X-Ray, or in CloudWatch Logs where Transaction Search is on.
 * All services are asked side by side, one request for each that is alive.
 */
export function xray(signal: Signal, ports: SourcePorts): Source {
  let opened: Promise<XRay> | undefined;
  const open = (): Promise<XRay> => (opened ??= openXray(signal, ports));
  const kept: Record<TraceDestination['keeps'], TracePlace> = {
    XRay: summaries(open, ports),
    CloudWatchLogs: spans(signal, ports),
  };
  let notBefore = 0;
  let known: Promise<Evidence<TraceDestination>> | undefined;
  let keeps: TraceDestination['keeps'] = 'XRay';
  const key = JSON.stringify(['xray:GetTraceSegmentDestination', identityKey(signal)]);
  // Read once a run: what this run itself has read is not remembered from another.
  const destination = () =>
    (known ??= slowFact(key, notBefore, ports, () => readDestination(open, () => ports.clock.now())));
  const renew = (): void => {
    notBefore = ports.clock.now();
    known = undefined;
  };
  const answer = async (
    questions: readonly Known[],
    found: Evidence<TraceDestination>,
  ): Promise<readonly Answered[]> => {
    if (found.kind !== 'found') return questions.map((one) => [questionKey(one), found]);
    keeps = found.value.keeps;
    return answerAll(questions, found, kept, ports);
  };
  return {
    renew,
    text: (question) => textOf(question, keeps),
    async ask(questions) {
      const asked = questions.filter(isKnown);
      const others = notKnownHere(questions.filter((one) => !isKnown(one)));
      if (asked.length === 0) return new Map(others);
      const found = await destination();
      const answers = await answer(asked, found);
      const isRemembered = found.kind === 'found' && found.isRemembered === true;
      if (!isRemembered || !answers.some(accuses)) {
        return new Map([...answers, ...others]);
      }
      // Traces may no longer go where nothing is: what is remembered accuses nobody. Where they still do, the look stands.
      renew();
      const anew = await destination();
      const stands = anew.kind === 'found' && isSame(anew.value, found.value);
      const renewed = stands
        ? answers.map(([key, one]) => [key, ofThisRun(one)] as const)
        : await answer(asked, anew);
      return new Map([...renewed, ...others]);
    },
  };
}

async function openXray(signal: Signal, ports: SourcePorts): Promise<XRay> {
  const { XRayClient, ...commands } = await import('../aws/xray.ts');
  return { ...awsService(XRayClient, signal, ports), commands };
}

function isKnown(question: Question): question is Known {
  return ['count', 'newest', 'traceDestination', 'tracedServices'].includes(question.ask);
}

function textOf(question: Question, keeps: TraceDestination['keeps']): string {
  if (question.ask === 'traceDestination') return 'aws xray get-trace-segment-destination';
  const service = 'of' in question ? (question.of.place ?? '') : undefined;
  if (keeps === 'CloudWatchLogs') return `${SPANS_GROUP}: ${spanPattern(service)}`;
  return service === undefined ? 'aws xray get-trace-summaries' : serviceExpression(service);
}

type Answered = readonly [string, AnyEvidence];

const WHERE = questionKey({ ask: 'traceDestination' });

/** Whether an answer tells of too little, as far as the destination is right. */
function accuses([key, evidence]: Answered): boolean {
  if (key === WHERE) return false;
  return evidence.kind === 'absent' || (evidence.kind === 'found' && evidence.isRemembered === true);
}

function isSame(a: TraceDestination, b: TraceDestination): boolean {
  return a.keeps === b.keeps && a.isMoving === b.isMoving;
}

function ofThisRun(evidence: AnyEvidence): AnyEvidence {
  return evidence.kind === 'found' ? { ...evidence, isRemembered: false } : evidence;
}

async function answerAll(
  questions: readonly Known[],
  destination: Found<TraceDestination>,
  kept: Readonly<Record<TraceDestination['keeps'], TracePlace>>,
  ports: SourcePorts,
): Promise<readonly Answered[]> {
  const now = ports.clock.now();
  const places = placesOf(destination.value, kept);
  const looks = Map.groupBy(questions.filter(isAboutTraces), (one) =>
    JSON.stringify([one.of.place, periodOf(one, now)]),
  );
  const looked = [...looks.values()].map(async (alike): Promise<readonly Answered[]> => {
    const wanted = wantedBy(alike, now);
    const seen = await look(places, wanted, destination.value.isMoving, ports);
    return alike.map((one) => [questionKey(one), answerFrom(seen, one, destination, now)]);
  });
  const rest = questions.map(async (one): Promise<readonly Answered[]> => {
    if (one.ask === 'traceDestination') return [[questionKey(one), destination]];
    if (one.ask !== 'tracedServices') return [];
    const [place] = places;
    const services = await servicesAt(place, one.freshMs, now);
    // Others may be in the place that was not looked at.
    const isOpen = services.kind === 'found' && destination.value.isMoving;
    return [[questionKey(one), isOpen ? { ...services, partial: true } : services]];
  });
  return (await Promise.all([...looked, ...rest])).flat();
}

function isAboutTraces(question: Known): question is AboutTraces {
  return question.ask === 'count' || question.ask === 'newest';
}

/**
 * Where to look, one after the other until enough is found. While traces are being moved they may be in either place;
 * and minutes after they were, the newest of a quiet service may still be where all were before.
 */
function placesOf(
  { keeps, isMoving }: TraceDestination,
  { XRay, CloudWatchLogs }: Readonly<Record<TraceDestination['keeps'], TracePlace>>,
): readonly [TracePlace, ...TracePlace[]] {
  if (isMoving) return [XRay, CloudWatchLogs];
  return keeps === 'XRay' ? [XRay] : [CloudWatchLogs, XRay];
}

function periodOf(question: AboutTraces, now: number): Period {
  if (question.ask === 'newest') return { from: now - question.withinMs, to: now };
  const to = now - (question.beforeMs ?? 0);
  return { from: to - question.freshMs, to };
}

/** One look for all questions about a service and period: as many traces as prove the most demanding of them. */
function wantedBy(questions: readonly AboutTraces[], now: number): Wanted {
  const [first] = questions;
  if (!first) throw new Error('a look without a question');
  return {
    service: first.of.place ?? '',
    period: periodOf(first, now),
    enough: Math.max(...questions.map(enoughFor)),
  };
}

/** Traces are one stream: its count is 1 where it is alive, and more only where more were asked for. */
function enoughFor(question: AboutTraces): number {
  return question.ask === 'count' ? Math.max(1, question.enough ?? 1) : 1;
}

function answerFrom(
  { traces, trouble }: Looked,
  question: AboutTraces,
  { isRemembered = false }: Found<TraceDestination>,
  now: number,
): AnyEvidence {
  const enough = enoughFor(question);
  const isShort = traces.size < enough;
  if (isShort && trouble) return trouble;
  const value = question.ask === 'count' ? countOf(traces, enough) : newestOf(traces);
  return {
    ...found(value, now),
    ...(isShort && isRemembered ? { isRemembered } : {}),
  };
}

function countOf(traces: Looked['traces'], enough: number) {
  return traces.size === 0 ? [] : [{ group: new Map(), series: Math.min(traces.size, enough) }];
}

function newestOf(traces: Looked['traces']) {
  if (traces.size === 0) return [];
  return [{ group: new Map(), newestSampleAt: Math.max(...traces.values()) }];
}

/** In one request: the newest page. */
async function servicesAt(place: TracePlace, freshMs: number, now: number): Promise<AnyEvidence> {
  const period = { from: now - Math.min(freshMs, LONGEST_PERIOD_MS), to: now };
  try {
    for await (const { services, isLast } of place.pages(undefined, period, 1)) {
      return { ...found([...new Set(services)], now), partial: !isLast };
    }
    return unavailable('invalid-response', 'there was no page');
  } catch (error) {
    return place.failure(error, undefined);
  }
}
