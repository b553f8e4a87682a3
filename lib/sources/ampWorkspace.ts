import { identityKey } from '../aws/credentials.ts';
import type { AnyEvidence, Answers, Question, StatusQuestion } from '../question.ts';
import { questionKey } from '../question.ts';
import type { Signal } from '../signal.ts';
import {
  type ControlPlane,
  describeAlertManager,
  describeWorkspace,
  listRuleFiles,
  listScrapers,
  openControlPlane,
} from '../workspace/control-plane.ts';
import { isWorkspace } from '../workspace/counters.ts';
import type {
  AlertManagerQuestion,
  QuotaQuestion,
  RuleFilesQuestion,
  RuleHealthQuestion,
  Scraper,
  ScrapersQuestion,
  VendedQuestion,
} from '../workspace/questions.ts';
import { openServiceQuotas, readQuota, type ServiceQuotas } from '../workspace/quota.ts';
import { readRuleHealth } from '../workspace/rule-health.ts';
import { workspaceText } from '../workspace/text.ts';
import { vendedMetrics } from '../workspace/vended.ts';
import { workspaceKey } from './amp.ts';
import { slowFact } from './slow.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

/** What changes seldom: the control plane and Service Quotas. */
type SlowQuestion =
  | StatusQuestion
  | QuotaQuestion
  | ScrapersQuestion
  | RuleFilesQuestion
  | AlertManagerQuestion;

const SLOW = new Set(['status', 'quota', 'scrapers', 'ruleFiles', 'alertManager']);
const VENDED = new Set(['discarded', 'usage', 'evaluations', 'notifications']);

/**
 * The state of the AMP workspaces of one region and account. What the control plane and Service Quotas tell is remembered
 * for half an hour; AMP's own metrics are read in every run, one request for all workspaces.
 */
export function ampWorkspace(signal: Signal, ports: SourcePorts): Source {
  const vended = vendedMetrics(signal, ports);
  let renewedAt = Number.NEGATIVE_INFINITY;
  let plane: Promise<ControlPlane> | undefined;
  let quotas: Promise<ServiceQuotas> | undefined;
  const openPlane = (): Promise<ControlPlane> => (plane ??= openControlPlane(signal, ports));
  const openQuotas = (): Promise<ServiceQuotas> => (quotas ??= openServiceQuotas(signal, ports));

  const fact = (about: readonly string[], ask: () => Promise<AnyEvidence>): Promise<AnyEvidence> =>
    slowFact(
      JSON.stringify(['ampWorkspace', ...about, identityKey(signal)]),
      renewedAt,
      ports,
      ask,
      isSettled,
    );

  /** One list for all workspaces. */
  const allScrapers = (): Promise<AnyEvidence> =>
    fact(['scrapers'], async () => listScrapers(await openPlane(), ports));

  function rememberUrl(place: string, url: string): void {
    const key = workspaceKey({ ...signal, address: place });
    if (!ports.memory.workspaces.has(key)) ports.memory.workspaces.set(key, Promise.resolve(url));
  }

  async function askSlow(question: SlowQuestion, scrapers: () => Promise<AnyEvidence>): Promise<AnyEvidence> {
    switch (question.ask) {
      case 'status': {
        const { place } = question;
        return fact(['status', place], async () =>
          describeWorkspace(place, await openPlane(), ports, (url) => rememberUrl(place, url)),
        );
      }
      case 'quota':
        return fact(['quota', question.code], async () =>
          readQuota(question.code, await openQuotas(), ports),
        );
      case 'scrapers':
        return scrapersOf(question.place, await scrapers());
      case 'ruleFiles':
        return fact(['ruleFiles', question.place], async () =>
          listRuleFiles(question.place, await openPlane(), ports),
        );
      case 'alertManager':
        return fact(['alertManager', question.place], async () =>
          describeAlertManager(question.place, await openPlane(), ports),
        );
    }
  }

  return {
    text: (question) => workspaceText(question, signal.region),
    renew: () => {
      renewedAt = ports.clock.now();
    },
    async ask(questions) {
      let listed: Promise<AnyEvidence> | undefined;
      const scrapers = (): Promise<AnyEvidence> => (listed ??= allScrapers());
      const [measured, ...single] = await Promise.all([
        vended.ask(questions.filter(isVended), renewedAt),
        ...questions
          .filter(isSlow)
          .map(async (question) => [questionKey(question), await askSlow(question, scrapers)] as const),
        ...questions.filter(isRuleHealth).map(async (question) => {
          const evidence: AnyEvidence = await readRuleHealth({ ...signal, address: question.place }, ports);
          return [questionKey(question), evidence] as const;
        }),
      ]);
      const others = questions.filter((one) => !isVended(one) && !isSlow(one) && !isRuleHealth(one));
      return new Map([...measured, ...single, ...notKnownHere(others)]);
    },
  };
}

/** What is being changed is something else soon. */
function isSettled(value: Answers[keyof Answers]): boolean {
  return [value]
    .flat()
    .every((one) => !(typeof one === 'object' && one && 'is' in one && one.is === 'changing'));
}

function isVended(question: Question): question is VendedQuestion {
  return VENDED.has(question.ask);
}

function isSlow(question: Question): question is SlowQuestion {
  return SLOW.has(question.ask);
}

function isRuleHealth(question: Question): question is RuleHealthQuestion {
  return question.ask === 'ruleHealth';
}

function scrapersOf(place: string, all: AnyEvidence): AnyEvidence {
  if (all.kind !== 'found') return all;
  const scrapers = all.value as readonly Scraper[];
  return { ...all, value: scrapers.filter(({ workspace }) => isWorkspace(workspace, place)) };
}
