import { stormKey } from '../../lib/incidents/incident-states.ts';
import { composeStorm } from '../../lib/incidents/storm.ts';
import type { Entry, Message } from '../../lib/message.ts';
import { lastTelling, NOON } from '../incidents/lives.ts';
import { failing as broken, signalReport } from '../report/reports.ts';

export const CHECKED_AT = '2026-11-20T12:00:00.000Z';

const ENTRY: Entry = {
  name: 'canary',
  severity: 'critical',
  about: 'amp',
  why: 'failing in 2 of 2 runs',
  since: { at: '2026-11-20T11:45:40.000Z', text: 'silent since 2026-11-20 11:45:40Z, for 14m 20s' },
  findings: [
    {
      expectation: 'fresh',
      subject: 'job=kubernetes-pods',
      observed: 'newest sample 14m 20s old',
      expected: 'newest sample at most 4m old',
      isNew: false,
    },
  ],
  moreFindings: 0,
  wentBlind: null,
  question: 'max by (job) (timestamp(m))',
  console: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1',
  runbook: 'https://wiki.example/adot',
};

const MESSAGE: Message = {
  id: 'mWkGm2b0qv3kE0cB3G1xYQ',
  clusters: ['prod-eu'],
  severity: 'critical',
  reason: 'opened',
  title: 'prod-eu: canary failing (amp)',
  checkedAt: CHECKED_AT,
  story: [
    'Nothing new arrives, since 2026-11-20 11:45:40Z (14m 20s).',
    'Still arriving: 1 of 2 on amp, cloudwatch entirely (1).',
  ],
  changes: [],
  entries: [ENTRY],
  others: [],
  blind: [],
  over: [],
  ok: ['slow-jobs', 'collector-emf'],
  incidents: [
    {
      key: 'prod-eu/2026-11-20T12:00:00.000Z',
      severity: 'critical',
      isOver: false,
      summary: 'prod-eu: canary failing',
    },
  ],
};

export function entry(over: Partial<Entry> = {}): Entry {
  return { ...ENTRY, ...over };
}

/** One critical signal of `prod-eu` began to fail, but for what is said. */
export function message(over: Partial<Message> = {}): Message {
  return { ...MESSAGE, ...over };
}

/** What is told of a cluster when so many signals, all that it has, failed twice. */
export function failing(signals: number): Message {
  const all = Array.from({ length: signals }, (_, index) => ({
    ...broken,
    signal: index === 0 ? 'canary' : `canary-${index}`,
  }));
  return told([all, all]);
}

/** The same with every signal as an entry, as no message has them: limits are the channel's. */
export function writtenOut(signals: number): Message {
  const whole = failing(signals);
  const names = [...whole.entries.map(({ name }) => name), ...whole.others];
  return { ...whole, entries: names.map((name) => entry({ name })), others: [] };
}

/** What is told when so many clusters, one of whose two planes still works, turned together. */
export function storm(clusters: number): Message {
  const place = 'region eu-west-1';
  const signals = [
    broken,
    { ...broken, signal: 'kube_pods' },
    signalReport({ signal: 'emf', plane: 'cloudwatch' }),
  ];
  const messages = Array.from({ length: clusters }, (_, index) => {
    const own = told([signals, signals], { cluster: `prod-${index}` });
    return {
      ...own,
      incidents: own.incidents.map((incident) => ({ ...incident, key: stormKey(NOON, place) })),
    };
  });
  return composeStorm(messages, { place, calm: ['staging'], working: ['cloudwatch'] });
}

function told(...life: Parameters<typeof lastTelling>): Message {
  const last = lastTelling(...life);
  if (!last) throw new Error('nothing is told of that');
  return last;
}

export function recovered(): Message {
  return message({
    reason: 'recovered',
    title: 'prod-eu: 3 signals recovered (amp)',
    story: ['All 4 signals are ok.'],
    entries: [],
    over: [
      { signals: 'canary, slow-jobs, apiservers', what: 'recovered', why: 'ok in 2 of 2 runs, after 35m' },
    ],
    ok: ['canary', 'slow-jobs', 'apiservers', 'collector-emf'],
    incidents: MESSAGE.incidents.map((incident) => ({ ...incident, isOver: true })),
  });
}

export function blind(): Message {
  return message({
    severity: 'warning',
    reason: 'blind',
    title: 'prod-eu: 2 signals cannot be observed (amp)',
    story: [],
    entries: [],
    blind: [
      {
        signals: 'canary, slow-jobs',
        reason: 'denied',
        detail: 'HTTP 403 AccessDeniedException: not authorized to perform aps:QueryMetrics',
        why: 'unobserved in 3 of 3 runs',
      },
    ],
    ok: ['collector-emf'],
    incidents: [
      {
        key: 'prod-eu/blind',
        severity: 'warning',
        isOver: false,
        summary: 'prod-eu: 2 signals not observable',
      },
    ],
  });
}

/** A message in which every text from outside is `text`, several of everything. */
export function messageSaying(text: string, count = 3): Message {
  const several = <Item>(item: Item): Item[] => Array.from({ length: count }, () => item);
  const finding = {
    expectation: 'labels.values',
    subject: text,
    observed: text,
    expected: text,
    isNew: true,
  };
  return {
    ...MESSAGE,
    id: text,
    clusters: several(text),
    title: text,
    story: several(text),
    changes: several(text),
    entries: several(
      entry({
        name: text,
        about: text,
        why: text,
        since: { at: CHECKED_AT, text },
        findings: several(finding),
        moreFindings: 2,
        wentBlind: text,
        question: text,
        console: `https://console.example.com/#${text}`,
        runbook: text,
      }),
    ),
    others: several(text),
    blind: several({ signals: text, reason: text, detail: text, why: text }),
    over: several({ signals: text, what: 'recovered' as const, why: text }),
    ok: several(text),
    incidents: several({ key: text, severity: 'critical' as const, isOver: false, summary: text }),
  };
}
