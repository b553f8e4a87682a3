import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StreamSignal } from '../../lib/signal.ts';
import { logs } from '../../lib/sources/logs.ts';
import { sinceOnly } from '../../lib/since.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import type { Outcome } from '../../rehearsal/http.ts';
import { startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { vendedLogMetrics } from '../../rehearsal/log-groups.ts';
import { startLogs } from '../../rehearsal/logs.ts';
import { createMetricStore } from '../../rehearsal/metric-store.ts';
import {
  CREDENTIALS,
  GROUP,
  HOUR,
  lines,
  logAccount,
  MINUTE,
  NOON,
  ofGroup,
  writing,
} from '../support/log-account.ts';
import { type Trouble, planeContract } from './plane-contract.ts';

const of = { metric: 'IncomingLogEvents', match: [], place: GROUP };
const freshMs = 15 * MINUTE;

function interfering(trouble?: Trouble): () => Outcome | undefined {
  return () => {
    if (trouble === 'hangs') return 'hang';
    if (trouble === 'resets') return 'reset';
    if (trouble === 'fails') return { status: 503, body: 'unavailable' };
    return trouble === 'talks-nonsense' ? { status: 200, body: '{}' } : undefined;
  };
}

planeContract(
  async (ports: SourcePorts, trouble) => {
    const groups = new Map([[GROUP, writing()]]);
    const shared = {
      clock: ports.clock,
      region: 'eu-west-1',
      credentials: [CREDENTIALS],
      interfere: interfering(trouble),
    };
    const cloudWatch = await startCloudWatch({
      ...shared,
      store: createMetricStore(vendedLogMetrics(groups)),
    });
    const started = await startLogs({ ...shared, groups });
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', cloudWatch.url);
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', started.url);
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await Promise.all([cloudWatch.close(), started.close()]);
    });
    if (trouble === 'throttles') {
      cloudWatch.throttle(Number.POSITIVE_INFINITY);
      started.throttle(Number.POSITIVE_INFINITY);
    }
    if (trouble === 'denies') {
      cloudWatch.deny('cloudwatch:GetMetricData');
      for (const action of ['DescribeLogGroups', 'DescribeLogStreams', 'FilterLogEvents'])
        started.deny(`logs:${action}`);
    }
    return {
      source: logs(ofGroup(), { ...ports, credentials: () => async () => CREDENTIALS }),
      requests: () => cloudWatch.requests.length + started.calls.length,
    };
  },
  [
    { ask: 'count', of, freshMs, by: [], enough: 1 },
    { ask: 'count', of, freshMs, by: [], beforeMs: HOUR },
    { ask: 'newest', of, by: [], withinMs: 6 * HOUR },
    { ask: 'logGroup', place: GROUP },
    { ask: 'strayStreams', place: GROUP, freshMs, like: 'other-{n}' },
    { ask: 'embeddedMetrics', place: GROUP, freshMs },
    { ask: 'elsewhere', place: GROUP, freshMs },
  ],
  { now: NOON },
);

describe('life', () => {
  test('a group with events is ok, for its share of one request', async () => {
    const { told, asked } = await logAccount({ [GROUP]: writing() });
    expect(await told()).toEqual(['ok']);
    expect(asked()).toEqual(['GetMetricData']);
  });

  test('a hundred groups share one request', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `/app/${index}`);
    const { run, asked } = await logAccount(Object.fromEntries(names.map((name) => [name, writing()])));
    const verdicts = await run(...names.map((address) => ({ name: address, address })));
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(names.map(() => 'ok'));
    expect(verdicts[0]?.evidence).toMatchObject({
      series: null,
      questions: [
        `SEARCH('Namespace="AWS/Logs" MetricName="IncomingLogEvents" LogGroupName="/app/0"', 'Sum', 60)`,
      ],
    });
    expect(asked()).toEqual(['GetMetricData']);
  });

  test('a silent group is failing, with the age of its newest event', async () => {
    const { told, asked } = await logAccount({
      [GROUP]: writing({ streams: [{ name: 's', since: NOON - 24 * HOUR, until: NOON - 40 * MINUTE }] }),
    });
    expect(await told()).toEqual(['failing', 'fresh all log events: newest log event 40m old']);
    expect(asked()).toEqual(['DescribeLogGroups', 'GetMetricData', 'GetMetricData']);
  });

  test('an existing group that never got an event is failing', async () => {
    const { told } = await logAccount({ [GROUP]: { streams: [] } });
    expect(await told()).toEqual(['failing', 'fresh all log events: no log event in the last 6h']);
  });

  test('a minute with a sum of zero is no life', async () => {
    const dimensions = { LogGroupName: GROUP };
    const zero = {
      namespace: 'AWS/Logs',
      name: 'IncomingLogEvents',
      dimensions,
      since: NOON - HOUR,
      value: 0,
    };
    const { told } = await logAccount({ [GROUP]: { streams: [] } }, { metrics: [zero] });
    expect(await told()).toEqual(['failing', 'fresh all log events: no log event in the last 6h']);
  });

  test('the times of streams, which lag, do not matter (K7)', async () => {
    const { told, asked } = await logAccount({ [GROUP]: writing() }, { logs: { timesLagMs: 5 * HOUR } });
    expect(await told()).toEqual(['ok']);
    expect(asked()).not.toContain('DescribeLogStreams');
  });

  test('a bound of more than a day is read in longer periods', async () => {
    const daily = { name: 's', since: NOON - 50 * HOUR, everyMs: 24 * HOUR };
    const { told } = await logAccount({ [GROUP]: writing({ streams: [daily] }) });
    expect(await told({ freshMs: 26 * HOUR })).toEqual(['ok']);
    expect(await told({ freshMs: HOUR })).toEqual([
      'failing',
      'fresh all log events: newest log event 1h 59m old',
    ]);
  });

  test('under --since only what arrived since counts', async () => {
    const account = await logAccount({
      [GROUP]: writing({ streams: [{ name: 's', since: NOON - HOUR, until: NOON - 5 * MINUTE }] }),
    });
    expect(await account.told()).toEqual(['ok']);
    const cluster = { name: 'c', region: 'eu-west-1', signals: [{ signal: ofGroup(), judged: true }] };
    const [shortened] = sinceOnly([cluster], NOON - 3 * MINUTE, NOON);
    const [planned] = shortened?.signals ?? [];
    expect(await account.told(planned?.signal as StreamSignal)).toEqual([
      'failing',
      'fresh all log events: newest log event 5m old',
    ]);
  });

  test('what cannot be read is unknown, never silent', async () => {
    for (const fault of ['PartialData', 'InternalError', 'Forbidden'] as const) {
      const { told } = await logAccount(
        { [GROUP]: { streams: [] } },
        { cloudWatch: { statusOf: () => fault } },
      );
      const reason = { PartialData: 'incomplete', InternalError: 'unreachable', Forbidden: 'denied' }[fault];
      expect(await told()).toEqual(['unknown', `fresh: ${reason}`]);
    }
  });
});

describe('absence', () => {
  test('a group that is not there is a finding, also one whose name begins another’s', async () => {
    const { told, asked } = await logAccount({ [`${GROUP}-2`]: writing() });
    expect(await told()).toEqual([
      'failing',
      `exists log group ${GROUP}: DescribeLogGroups does not show it`,
    ]);
    expect(asked()).toEqual(['DescribeLogGroups', 'GetMetricData', 'GetMetricData']);
    expect(await told({ retention: 'never' })).toHaveLength(2);
  });

  test('and is noticed to be there again at once', async () => {
    const { told, groups, clock } = await logAccount({});
    expect(await told()).toHaveLength(2);
    groups.set(GROUP, { streams: [] });
    clock.advance(5 * MINUTE);
    expect(await told()).toEqual(['failing', 'fresh all log events: no log event in the last 6h']);
    groups.delete(GROUP);
    clock.advance(5 * MINUTE);
    expect(await told()).toEqual([
      'failing',
      `exists log group ${GROUP}: DescribeLogGroups does not show it`,
    ]);
  });

  test('while events arrive, it is there whatever DescribeLogGroups shows', async () => {
    const dimensions = { LogGroupName: GROUP };
    const incoming = { namespace: 'AWS/Logs', name: 'IncomingLogEvents', dimensions, since: NOON - HOUR };
    const { told } = await logAccount({}, { metrics: [incoming] });
    expect(await told({ retention: 'never' })).toEqual(['unknown', 'retention: incomplete']);
    expect(await told({ streams: { like: '{n}' } })).toEqual(['unknown', 'streams.like: incomplete']);
  });

  test('events that arrive where a placeholder was not filled are told', async () => {
    for (const instead of [
      '/aws/containerinsights/undefined/performance',
      '/aws/containerinsights//performance',
    ]) {
      const { told, groups } = await logAccount({ [instead]: writing() });
      expect(await told()).toEqual([
        'failing',
        `exists log group ${GROUP}: DescribeLogGroups does not show it; log events arrive in ${instead} instead`,
      ]);
      groups.set(GROUP, writing({ streams: [{ name: 's', since: NOON - 2 * HOUR, until: NOON - HOUR }] }));
      expect(await told()).toEqual([
        'failing',
        `fresh all log events: newest log event 1h old; log events arrive in ${instead} instead`,
      ]);
    }
  });

  test('of many groups one request tells which are there', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `/app/${index}`);
    const { run, logs: api, cloudWatch } = await logAccount({ '/app/7': { streams: [] } });
    const verdicts = await run(...names.map((address) => ({ name: address, address })));
    const missing = verdicts.filter(({ findings }) => findings[0]?.expectation === 'exists');
    expect(missing).toHaveLength(59);
    expect(api.calls).toHaveLength(2);
    expect(cloudWatch.requests.length).toBeLessThanOrEqual(4);
  });
});

describe('how a group is set up', () => {
  const key = 'arn:aws:kms:eu-west-1:111122223333:key/abc';
  const days = (count: number) => count * 24 * HOUR;

  test.each<[object, Partial<StreamSignal>, readonly string[]]>([
    [{ retentionInDays: 7 }, { retention: days(7) }, ['ok']],
    [{}, { retention: 'never' }, ['ok']],
    [{}, { retention: days(7) }, ['failing', `retention ${GROUP}: log events never expire`]],
    [
      { retentionInDays: 1 },
      { retention: 'never' },
      ['failing', `retention ${GROUP}: log events expire after 1 day`],
    ],
    [
      { retentionInDays: 30, retentionPolicyName: 'all' },
      { retention: days(7) },
      ['failing', `retention ${GROUP}: log events expire after 30 days, by the account's policy all`],
    ],
    [{}, { logClass: 'STANDARD' }, ['ok']],
    [
      { logGroupClass: 'INFREQUENT_ACCESS' },
      { logClass: 'STANDARD' },
      ['failing', `logClass ${GROUP}: INFREQUENT_ACCESS; the class of a log group cannot be changed`],
    ],
    [{ kmsKeyId: key }, { encrypted: true }, ['ok']],
    [{ kmsKeyId: key }, { encrypted: key }, ['ok']],
    [{}, { encrypted: false }, ['ok']],
    [{}, { encrypted: true }, ['failing', `encrypted ${GROUP}: no KMS key of your own`]],
    [{ kmsKeyId: key }, { encrypted: false }, ['failing', `encrypted ${GROUP}: ${key}`]],
    [{ kmsKeyId: key }, { encrypted: `${key}d` }, ['failing', `encrypted ${GROUP}: ${key}`]],
  ])('%j under %j', async (group, over, expected) => {
    const { told } = await logAccount({ [GROUP]: writing(group) });
    expect(await told(over)).toEqual(expected);
  });

  test('is remembered for half an hour, but accuses nothing from memory', async () => {
    const { told, asked, groups, clock } = await logAccount({ [GROUP]: writing({ retentionInDays: 7 }) });
    const over = { retention: days(7), logClass: 'STANDARD', encrypted: false };
    expect(await told(over)).toEqual(['ok']);
    expect(asked()).toEqual(['DescribeLogGroups', 'GetMetricData']);
    clock.advance(29 * MINUTE);
    expect(await told(over)).toEqual(['ok']);
    expect(asked()).toEqual(['GetMetricData']);
    clock.advance(2 * MINUTE);
    groups.set(GROUP, writing());
    expect((await told(over))[0]).toBe('failing');
    asked();
    groups.set(GROUP, writing({ retentionInDays: 7 }));
    clock.advance(5 * MINUTE);
    expect(await told(over)).toEqual(['ok']);
    expect(asked()).toEqual(['DescribeLogGroups', 'GetMetricData']);
  });
});

describe('streams', () => {
  const like = '{ns}.{pod}.{container}';
  const stream = (name: string, over = {}) => ({ name, since: NOON - 3 * HOUR, ...over });
  const of3 = (...others: readonly { name: string; since: number }[]) => ({
    [GROUP]: writing({ streams: [stream('default.web-1.app'), stream('default.web-2.app'), ...others] }),
  });

  test('that are called as they should be are ok, and asked for every quarter of an hour', async () => {
    const { told, asked, clock } = await logAccount(of3());
    expect(await told({ streams: { like } })).toEqual(['ok']);
    expect(asked()).toEqual(['DescribeLogStreams', 'GetMetricData']);
    clock.advance(10 * MINUTE);
    expect(await told({ streams: { like } })).toEqual(['ok']);
    expect(asked()).toEqual(['GetMetricData']);
    clock.advance(10 * MINUTE);
    expect(await told({ streams: { like } })).toEqual(['ok']);
    expect(asked()).toEqual(['DescribeLogStreams', 'GetMetricData']);
  });

  test.each([
    ['otel-stream-1', `streams.like ${like}: otel-stream-1 has events`],
    ['default.undefined.app', 'streams.like {pod}: default.undefined.app has events'],
    ['default.web.a//b', 'streams.like //: default.web.a//b has events'],
  ])('one live stream called %s is a finding', async (name, finding) => {
    const { told } = await logAccount(of3(stream(name)));
    expect(await told({ streams: { like } })).toEqual(['failing', finding]);
  });

  test('a stream that is no longer written to accuses nobody', async () => {
    const dead = stream('otel-stream-1', { until: NOON - 20 * MINUTE });
    const { told, asked } = await logAccount(of3(dead));
    expect(await told({ streams: { like } })).toEqual(['ok']);
    expect(asked()).toEqual(['DescribeLogStreams', 'FilterLogEvents', 'GetMetricData']);
  });

  test('a stream that began after the last list is found with the next, however late its times are', async () => {
    const { told, groups, clock } = await logAccount(of3(), { logs: { timesLagMs: HOUR } });
    expect(await told({ streams: { like } })).toEqual(['ok']);
    groups.set(GROUP, of3(stream('undefined.a.b', { since: NOON }))[GROUP] ?? writing());
    clock.advance(16 * MINUTE);
    expect(await told({ streams: { like } })).toEqual([
      'failing',
      'streams.like {ns}: undefined.a.b has events',
    ]);
  });

  test('the subject is what is wrong, while names come and go', async () => {
    const { run, groups, clock } = await logAccount(of3(stream('otel-stream-1'), stream('otel-stream-2')));
    const [first] = await run({ streams: { like } });
    expect(first?.findings).toMatchObject([
      {
        subject: like,
        observed: expect.stringMatching(/^otel-stream-\d has events, one of 2 such streams of late$/),
      },
    ]);
    groups.set(GROUP, of3(stream('otel-stream-3', { since: NOON }))[GROUP] ?? writing());
    clock.advance(5 * MINUTE);
    const [second] = await run({ streams: { like } });
    expect(second?.findings).toMatchObject([{ subject: like, observed: 'otel-stream-3 has events' }]);
  });

  test('empty pages are gone through, and a search without end is incomplete', async () => {
    const some = await logAccount(of3(stream('otel-stream-1')), { logs: { emptyPages: 9 } });
    expect((await some.told({ streams: { like } }))[0]).toBe('failing');
    const many = await logAccount(of3(stream('otel-stream-1')), { logs: { emptyPages: 10 } });
    expect(await many.told({ streams: { like } })).toEqual(['unknown', 'streams.like: incomplete']);
  });

  test('pages of streams are read as far as they are recent', async () => {
    const live = Array.from({ length: 120 }, (_, index) => stream(`default.web.${index}`));
    const dead = Array.from({ length: 500 }, (_, index) =>
      stream(`old-${index}`, { since: NOON - 9 * HOUR, until: NOON - 8 * HOUR }),
    );
    const { told, asked } = await logAccount({ [GROUP]: writing({ streams: [...dead, ...live] }) });
    expect(await told({ streams: { like } })).toEqual(['ok']);
    expect(asked().filter((operation) => operation === 'DescribeLogStreams')).toHaveLength(3);
  });

  test('more recent streams than can be looked at are incomplete, unless one is proven stray', async () => {
    const crowd = Array.from({ length: 2001 }, (_, index) => stream(`default.web.${index}`));
    const { told, groups, clock } = await logAccount({ [GROUP]: writing({ streams: crowd }) });
    expect(await told({ streams: { like } })).toEqual(['unknown', 'streams.like: incomplete']);
    groups.set(GROUP, writing({ streams: [...crowd, stream('zzz')] }));
    clock.advance(16 * MINUTE);
    expect((await told({ streams: { like } }))[0]).toBe('failing');
  }, 20_000);

  test('a stream that was deleted since the last list does not hide another', async () => {
    const gone = stream('otel-stream-1', { until: NOON - 30 * MINUTE });
    const { told, groups, clock } = await logAccount(of3(gone));
    expect(await told({ streams: { like } })).toEqual(['ok']);
    groups.set(GROUP, of3(stream('otel-stream-2'))[GROUP] ?? writing());
    clock.advance(5 * MINUTE);
    expect(await told({ streams: { like } })).toEqual([
      'failing',
      `streams.like ${like}: otel-stream-2 has events`,
    ]);
  });

  test('a class without searches leaves it unknown, but only where something looks wrong', async () => {
    const group = writing({ logGroupClass: 'INFREQUENT_ACCESS', streams: [stream('otel-stream-1')] });
    const { told } = await logAccount({ [GROUP]: group });
    expect(await told({ streams: { like } })).toEqual(['unknown', 'streams.like: rejected']);
    expect(await told({ streams: { like: 'otel-stream-{id}' } })).toEqual(['ok']);
  });

  test('what falls back is a finding, and a fallback group that is not there is fine', async () => {
    const fallback = '/logs/kyma-cluster';
    const { told, groups, asked } = await logAccount(of3());
    const streams = { like, fallback };
    expect(await told({ streams })).toEqual(['ok']);
    expect(asked()).toEqual(['DescribeLogStreams', 'GetMetricData']);
    groups.set(fallback, writing({ streams: [stream('s', { until: NOON - 20 * MINUTE })] }));
    expect(await told({ streams })).toEqual(['ok']);
    groups.set(fallback, writing());
    expect(await told({ streams })).toEqual([
      'failing',
      expect.stringMatching(/^streams.fallback \/logs\/kyma-cluster: newest log event 2m old$/),
    ]);
  });
});

test('what falls back is told also where the group itself does not exist', async () => {
  const fallback = '/logs/kyma-cluster';
  const { told, groups, clock } = await logAccount({ [fallback]: writing() });
  const expected = [
    'failing',
    `exists log group ${GROUP}: DescribeLogGroups does not show it`,
    expect.stringMatching(/^streams.fallback \/logs\/kyma-cluster: newest log event 2m old$/),
  ];
  expect(await told({ streams: { like: '{n}', fallback } })).toEqual(expected);
  groups.set(GROUP, writing());
  expect((await told({ streams: { like: '{n}', fallback } }))[0]).toBe('failing');
  groups.delete(GROUP);
  clock.advance(20 * MINUTE);
  expect(await told({ streams: { like: '{n}', fallback } })).toEqual(expected);
});

describe('permissions', () => {
  const streams = { like: '{NodeName}' };
  const over = { retention: 'never', streams: { ...streams, fallback: '/other' } } as const;

  test.each([
    ['DescribeLogGroups', ['unknown', 'retention: denied']],
    ['DescribeLogStreams', ['unknown', 'streams.like: denied']],
    ['FilterLogEvents', ['ok']],
  ])('without logs:%s the rest is judged', async (operation, expected) => {
    const { told, logs: api } = await logAccount({ [GROUP]: writing() });
    api.deny(`logs:${operation}`);
    expect(await told(over)).toEqual(expected);
  });

  test('without logs:FilterLogEvents what looks wrong is unknown, and named', async () => {
    const { run, logs: api } = await logAccount({ [GROUP]: writing() });
    api.deny('logs:FilterLogEvents');
    const [verdict] = await run({ streams: { like: 'other-{n}' } });
    expect(verdict).toMatchObject({
      verdict: 'unknown',
      unavailable: [
        {
          expectation: 'streams.like',
          detail: expect.stringContaining(
            `needed: logs:FilterLogEvents on log group ${GROUP}, as the default AWS credentials`,
          ),
        },
      ],
    });
  });

  test('without cloudwatch:GetMetricData how the group is set up is judged', async () => {
    const { told, cloudWatch } = await logAccount({ [GROUP]: writing({ retentionInDays: 3 }) });
    cloudWatch.deny('cloudwatch:GetMetricData');
    expect(await told(over)).toEqual([
      'failing',
      `retention ${GROUP}: log events expire after 3 days`,
      'fresh: denied',
      'streams.fallback: denied',
    ]);
  });

  test('silence is told although it cannot be seen whether the group exists', async () => {
    const { told, logs: api } = await logAccount({});
    api.deny('logs:DescribeLogGroups');
    expect(await told()).toEqual(['failing', 'fresh all log events: no log event in the last 6h']);
  });
});

test('hostile names of streams are harmless', async () => {
  const name = '\u001b[31mred\u202e';
  const { told } = await logAccount({ [GROUP]: writing({ streams: [{ name, since: NOON - HOUR }] }) });
  expect(await told({ streams: { like: 'a{n}' } })).toEqual([
    'failing',
    String.raw`streams.like a{n}: \u001b[31mred\u202e has events`,
  ]);
});

describe('a linked account', () => {
  const account = '444455556666';

  test('is read by account and ARN', async () => {
    const linked = new Map([[account, new Map([[GROUP, writing({ retentionInDays: 7 })]])]]);
    const {
      run,
      cloudWatch,
      logs: api,
    } = await logAccount(
      { '/own': writing() },
      {
        logs: { linked },
        cloudWatch: { interfere: ({ operation, input }) => answerLinked(operation, input) },
      },
    );
    const [own, other] = await run(
      { name: 'own', address: '/own', retention: 'never' },
      { name: 'linked', account, retention: 7 * 24 * HOUR, streams: { like: 'other-{n}' } },
    );
    expect(lines(own)).toEqual(['ok']);
    expect(lines(other)).toEqual(['failing', 'streams.like other-{n}: node-1 has events']);
    const arn = `arn:aws:logs:eu-west-1:${account}:log-group:${GROUP}`;
    const calls = api.calls.toSorted((a, b) => (a.operation < b.operation ? -1 : 1));
    expect(calls.map(({ input }) => input)).toMatchObject([
      { logGroupIdentifiers: ['/own'] },
      { logGroupIdentifiers: [arn], includeLinkedAccounts: true },
      { logGroupIdentifier: arn },
      { logGroupIdentifier: arn },
    ]);
    expect(cloudWatch.requests).toHaveLength(1);
    expect(other?.evidence.questions).toEqual([
      expect.stringContaining(`:aws.AccountId="${account}"`),
      `aws logs describe-log-groups --log-group-identifiers ${arn} --include-linked-accounts`,
      `aws logs describe-log-streams --log-group-identifier ${arn} --order-by LastEventTime --descending`,
    ]);
  });

  test('that does not share a group is told so', async () => {
    const others = createMetricStore(vendedLogMetrics(new Map([['/other', writing()]])));
    const { run, asked } = await logAccount(
      { [GROUP]: writing() },
      { cloudWatch: { linked: new Map([[account, others]]) } },
    );
    const [verdict] = await run({ account });
    expect(lines(verdict)).toEqual([
      'failing',
      `exists log group ${GROUP} of account ${account}: DescribeLogGroups does not show it, or the account does not share it`,
    ]);
    expect(asked().filter((operation) => operation === 'ListMetrics')).toHaveLength(1);
  });

  test('that is not linked is no silence, whatever is asked of it', async () => {
    const { run, asked } = await logAccount(
      { [GROUP]: writing() },
      { cloudWatch: { interfere: nothingLinked } },
    );
    const signals = [{}, { retention: 'never' }, { streams: { like: '{n}' } }] as const;
    const verdicts = await run(...signals.map((over, n) => ({ name: `${n}`, account, ...over })));
    for (const { verdict, unavailable } of verdicts) {
      expect(verdict).toBe('unknown');
      for (const { reason, detail } of unavailable) {
        expect(reason).toBe('denied');
        expect(detail).toContain(`is account ${account} linked to this one in this region`);
      }
    }
    expect(asked().filter((operation) => operation === 'ListMetrics')).toHaveLength(1);
  });
});

/** One event in the last minute of every metric that is read in whatever account. */
function answerLinked(operation: string | undefined, input: object | undefined): Outcome | undefined {
  return operation === 'GetMetricData' ? answerQueries(input, [NOON / 1000 - 60]) : undefined;
}

function nothingLinked({ operation, input }: { operation?: string; input?: object }): Outcome | undefined {
  return operation === 'GetMetricData' ? answerQueries(input, []) : undefined;
}

function answerQueries(input: object | undefined, times: readonly number[]): Outcome {
  const { MetricDataQueries } = input as { MetricDataQueries: { Id: string; AccountId?: string }[] };
  const isTold = MetricDataQueries.every(({ Id, AccountId }) => AccountId === '444455556666' || Id === 'm0');
  const results = MetricDataQueries.map(({ Id }) => ({
    Id,
    Timestamps: times,
    Values: times.map(() => 3),
    StatusCode: isTold ? 'Complete' : 'Forbidden',
  }));
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ MetricDataResults: results }),
  };
}
