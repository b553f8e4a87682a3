import { counted } from '../counted.ts';
import { formatDuration } from '../duration.ts';
import { answered, type Check, type Expectation, type Finding, forStates } from '../expectation.ts';
import { printable } from '../printable.ts';
import type { EvidenceBook } from '../question.ts';
import { isExpected, lookBackMs } from '../workspace/expected.ts';
import { figure } from '../workspace/figures.ts';
import { judgePieces } from '../workspace/pieces.ts';
import type {
  Evaluations,
  EvaluationsQuestion,
  RuleFilesQuestion,
  RuleHealth,
  RuleHealthQuestion,
} from '../workspace/questions.ts';

/** In so many periods of five minutes: once may be a moment of the service itself. */
const LASTING_PERIODS = 2;
/** More groups than this fail for one reason: they are told together. */
const MAX_TOLD_GROUPS = 10;
const MAX_NAMED = 3;

/** Judges that the rule files of a workspace are loaded, and that their groups evaluate. */
export const rules: Check = forStates((signal) => {
  if (!isExpected(signal, 'rules')) return [];
  return [filesLoaded(signal.address), groupsEvaluate(signal.address, lookBackMs(signal))];
});

function filesLoaded(place: string): Expectation {
  const question: RuleFilesQuestion = { ask: 'ruleFiles', place };
  return {
    path: 'rules',
    questions: [question],
    holdsIfComplete: [],
    failsIfComplete: [],
    judge: (book) =>
      judgePieces(book, question, { expectation: 'rules', called: 'rule file', expected: 'loaded' }),
    facts: (book) => {
      const { length } = answered(book, question);
      return [length === 0 ? 'no rules' : counted(length, 'rule file')];
    },
    markers: (book) =>
      answered(book, question).flatMap(({ name, changedAt }) =>
        changedAt === undefined ? [] : [{ of: `rule file ${name}`, did: 'changed' as const, at: changedAt }],
      ),
  };
}

/** AMP's counters say that something failed; the rules themselves, asked only then, with which words, and whether it still does. */
function groupsEvaluate(place: string, overMs: number): Expectation {
  const question: EvaluationsQuestion = { ask: 'evaluations', place, overMs };
  const health: RuleHealthQuestion = { ask: 'ruleHealth', place };
  return {
    path: 'rules',
    questions: [question],
    holdsIfComplete: [],
    failsIfComplete: [],
    furtherQuestions: (book) => (answered(book, question).length > 0 ? [health] : []),
    judge: (book) => {
      const rules = healthOf(book, health);
      const findings = answered(book, question).flatMap((group) => judgeGroup(group, rules, overMs));
      return { findings: findings.length > MAX_TOLD_GROUPS ? [together(findings)] : findings };
    },
    facts: (book) =>
      answered(book, question)
        .filter((group) => judgeGroup(group, healthOf(book, health), overMs).length === 0)
        .map((group) => `rule group ${printable(group.group)}: ${countsOf(group, overMs)}, not lasting`),
  };
}

type Health = ReadonlyMap<string, RuleHealth['broken']>;

/** What the rules say by group; undefined where they could not be asked. */
function healthOf(book: EvidenceBook, question: RuleHealthQuestion): Health | undefined {
  const evidence = book.get(question);
  if (evidence?.kind !== 'found') return undefined;
  return new Map(evidence.value.map(({ group, broken }) => [group, broken]));
}

function judgeGroup(group: Evaluations, health: Health | undefined, overMs: number): readonly Finding[] {
  const { failed, missed } = group;
  const broken = health?.get(group.group) ?? [];
  const isLasting = failed.periods >= LASTING_PERIODS && failed.goesOn;
  const fails = failed.count > 0 && (isLasting || !health || broken.length > 0);
  const isGone = health !== undefined && !health.has(group.group) && !failed.goesOn && !missed.goesOn;
  if (isGone || (!fails && missed.periods < LASTING_PERIODS)) return [];
  const words = broken.slice(0, MAX_NAMED).map(({ rule, error }) => `${rule}: ${error}`);
  const more = broken.length > MAX_NAMED ? [`${broken.length - MAX_NAMED} more rules`] : [];
  const why = !fails && missed.count > 0 ? ['it takes longer than its interval: split the group'] : [];
  return [
    {
      expectation: 'rules',
      subject: `rule group ${printable(group.group)}`,
      expected: 'evaluates',
      observed: [countsOf(group, overMs), ...words, ...more, ...why].join('; '),
    },
  ];
}

function countsOf({ failed, missed }: Evaluations, overMs: number): string {
  const parts = [
    ...(failed.count > 0 ? [`${figure(failed.count)} failed`] : []),
    ...(missed.count > 0 ? [`${figure(missed.count)} missed`] : []),
  ];
  return `${parts.join(', ')} evaluations in the last ${formatDuration(overMs)}`;
}

function together(findings: readonly Finding[]): Finding {
  const groups = findings.map(({ subject }) => subject.replace(/^rule group /, ''));
  const named = groups.slice(0, MAX_NAMED).join(', ');
  return {
    expectation: 'rules',
    subject: 'rule groups',
    expected: 'all evaluate',
    observed: `${groups.length} do not: ${named} and ${groups.length - MAX_NAMED} more; ${findings[0]?.observed ?? ''}`,
  };
}
