import { unavailable as notAnswered } from './evidence.ts';
import { gateFor, type Inquiry, isPlainlyOk, type OpenSource, type Routed } from './inquiry.ts';
import { questionsOf } from './judge.ts';
import { liveSeries } from './live-series.ts';
import { type AnyEvidence, type Question, questionKey } from './question.ts';
import { referrersOf } from './referrers/lost.ts';
import { isStream } from './signal.ts';
import type { VerifyPorts } from './verify.ts';

/** First the questions that judge, then what explains a failure, then why nothing matches; once more what was renewed. */
const MAX_ROUNDS = 5;

type Due = Map<OpenSource, Map<string, Question>>;

/**
 * Asks what the signals of a cluster need, in rounds: signals on one plane are asked together, and what a first answer
 * leaves open is asked in further rounds, on the failing path only. With it what was only remembered is asked anew, where
 * it would accuse or where a signal turned.
 */
export async function askAbout(
  cluster: string,
  inquiries: readonly Inquiry[],
  ports: VerifyPorts,
): Promise<void> {
  const renewed = new Set<OpenSource>();
  let due = questionsDue(inquiries);
  for (let round = 0; round < MAX_ROUNDS && due.size > 0; round += 1) {
    await Promise.all([...due].map(([source, questions]) => askAll(source, [...questions.values()], ports)));
    due = questionsDue(inquiries);
    const isFine = judgedOnce(inquiries);
    const hasTurned = round === 0 && turned(cluster, inquiries, isFine, ports);
    renew(staleOf(inquiries, isFine, hasTurned), due, renewed);
  }
  if (renewed.size > 0) turned(cluster, inquiries, judgedOnce(inquiries), ports);
}

type IsFine = (inquiry: Inquiry) => boolean;

/** Whether signals are plainly ok on the evidence of a moment: each is judged once, and only where that is asked. */
function judgedOnce(inquiries: readonly Inquiry[]): IsFine {
  const known = new Map<Inquiry, boolean>();
  return (inquiry) => {
    const isFine = known.get(inquiry) ?? isPlainlyOk(inquiry, inquiries);
    known.set(inquiry, isFine);
    return isFine;
  };
}

/**
 * Only a complete look in the same run may declare anything wrong: what is remembered and leaves a signal other than
 * plainly ok is stale. When a signal of the cluster has turned, so is all that changes seldom: an add-on that was updated
 * explains what broke with it.
 */
function staleOf(inquiries: readonly Inquiry[], isFine: IsFine, hasTurned: boolean): Routed[] {
  // Most planes remember nothing.
  const sources = new Set(inquiries.map(({ source }) => source));
  if (![...sources].some(({ evidence }) => [...evidence.values()].some(isRemembered))) return [];
  return inquiries.flatMap((inquiry) => {
    const remembered = rememberedBy(inquiry, inquiries);
    if (remembered.length === 0) return [];
    const changesSeldom = hasTurned && inquiry.signal.plane !== 'cloudwatch';
    return changesSeldom || (inquiry.judged && !isFine(inquiry)) ? remembered : [];
  });
}

/** Drops what is stale, each source once in a run, and lets it be asked again with what is due. */
function renew(stale: readonly Routed[], due: Due, renewed: Set<OpenSource>): void {
  const fresh = stale.filter(({ asked }) => !renewed.has(asked));
  for (const { asked, question } of fresh) {
    if (!renewed.has(asked)) asked.source.renew?.();
    renewed.add(asked);
    const key = questionKey(question);
    asked.evidence.delete(key);
    due.set(asked, (due.get(asked) ?? new Map<string, Question>()).set(key, question));
  }
}

/** Whether any signal is judged otherwise than by the last run of this process; keeps how it is judged now. */
function turned(
  cluster: string,
  inquiries: readonly Inquiry[],
  isFine: IsFine,
  { memory: { verdicts } }: VerifyPorts,
): boolean {
  let hasTurned = false;
  for (const inquiry of inquiries) {
    if (!inquiry.judged) continue;
    const key = JSON.stringify([cluster, inquiry.signal.name]);
    const now = isFine(inquiry) ? 'ok' : 'not ok';
    const before = verdicts.get(key);
    hasTurned ||= before !== undefined && before !== now;
    verdicts.set(key, now);
  }
  return hasTurned;
}

/** What a signal's evidence, or its gate's, has from an earlier run. */
function rememberedBy(inquiry: Inquiry, all: readonly Inquiry[]): Routed[] {
  const { signal, expectations, book, route } = inquiry;
  const gate = gateFor(signal, all);
  const own = expectations.flatMap((expectation) => questionsOf(expectation, book)).map(route);
  const gates = gate ? [{ asked: gate.inquiry.source, question: gate.question }] : [];
  return [...own, ...gates].filter(({ asked, question }) =>
    isRemembered(asked.evidence.get(questionKey(question))),
  );
}

function isRemembered(evidence: AnyEvidence | undefined): boolean {
  return evidence?.kind === 'found' && evidence.isRemembered === true;
}

function questionsDue(inquiries: readonly Inquiry[]): Due {
  const due: Due = new Map();
  const want = ({ route, book }: Inquiry, wanted: Question): void => {
    if (book.get(wanted) !== undefined) return;
    const { asked, question } = route(wanted);
    const questions = due.get(asked) ?? new Map<string, Question>();
    questions.set(questionKey(question), question);
    due.set(asked, questions);
  };
  for (const inquiry of inquiries) {
    const { signal, judged, expectations, book } = inquiry;
    if (judged && isStream(signal)) want(inquiry, liveSeries(signal));
    for (const expectation of expectations) {
      for (const question of questionsOf(expectation, book)) want(inquiry, question);
    }
    const gate = gateFor(signal, inquiries);
    if (gate) want(gate.inquiry, gate.question);
    const referrers = referrersOf(signal, expectations, book);
    // What was only remembered is asked anew before anyone is told who depends on it.
    if (referrers && rememberedBy(inquiry, inquiries).length === 0) want(inquiry, referrers);
  }
  return due;
}

async function askAll({ source, evidence }: OpenSource, questions: readonly Question[], ports: VerifyPorts) {
  const overdue = new AbortController();
  const late = async () => {
    await ports.clock.sleep(Math.max(0, ports.deadline - ports.clock.now()), overdue.signal).catch(() => {});
    return notAnswered('timeout', 'the run was over before the answer came');
  };
  try {
    const outcome = await Promise.race([source.ask(questions), late()]);
    for (const question of questions) {
      const key = questionKey(question);
      const answer = 'kind' in outcome ? outcome : outcome.get(key);
      evidence.set(key, answer ?? notAnswered('invalid-response', 'the source gave no answer'));
    }
  } catch (error) {
    ports.onDefect(error);
    const broken = notAnswered('invalid-response', 'Plumbline itself failed while asking');
    for (const question of questions) evidence.set(questionKey(question), broken);
  } finally {
    overdue.abort('answered');
  }
}
