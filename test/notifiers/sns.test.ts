import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publication, sns } from '../../lib/notifiers/sns.ts';
import { inOrder } from '../support/http.ts';
import { type Canned, CREDENTIALS, notifierContract, sendTo, type Subject } from './contract.ts';
import { blind, entry, message, recovered, storm, writtenOut } from './messages.ts';
import { CODES, judgeEnvelope, leaveEndpoint, PUBLISHED, pointAt, refused, TOPIC } from './sns-service.ts';

beforeEach(pointAt(undefined));
afterEach(leaveEndpoint);

const subject: Subject = {
  accepted: { status: 200, body: PUBLISHED },
  refused: (status, echo) => refused(status, undefined, echo),
  open: (url) => {
    pointAt(url)();
    return { send: sns('${env:ALERT_TOPIC_ARN}'), resolve: async () => ({ value: TOPIC }) };
  },
  secrets: [CREDENTIALS.secretAccessKey, CREDENTIALS.sessionToken],
  textOf: ({ form }) => form.get('Message') ?? '',
  rendered: (what) => [JSON.stringify(publication(what))],
  judge: judgeEnvelope,
};

notifierContract(subject);

const publish = (...answers: readonly Canned[]) => sendTo(subject, inOrder(...answers));

describe('the topic', () => {
  test.each([
    [400, 'Throttling', true, 'throttled'],
    [400, 'KMSThrottling', true, 'throttled'],
    [400, 'KMSAccessDenied', false, 'denied'],
    [403, 'ExpiredToken', true, 'denied'],
    [403, 'SignatureDoesNotMatch', false, 'denied'],
    [404, CODES[404], false, 'gone'],
    [400, CODES[400], false, 'rejected'],
  ])('HTTP %i %s: retry %s, %s', async (status, code, retry, reason) => {
    const answer = refused(status, code);
    const { delivery } = await publish(answer, answer, answer);
    expect(delivery).toMatchObject({ delivered: false, retry, reason });
  });

  test.each(['', '<html><title>Sign in</title></html>', '<PublishResponse/>'])(
    '200 with %j is no delivery: SNS answers with an id',
    async (body) => {
      const { delivery } = await publish({ status: 200, body });
      expect(delivery).toMatchObject({ delivered: false, retry: true });
    },
  );

  test('a refusal names the right that is missing and the topic', async () => {
    const { delivery } = await publish(refused(403, 'AuthorizationError', 'User is not authorized'));
    expect(delivery).toMatchObject({ detail: expect.stringContaining(`sns:Publish on ${TOPIC}`) as string });
  });

  test.each(['SignatureDoesNotMatch', 'InvalidClientTokenId', 'ExpiredToken', 'IncompleteSignature'])(
    '%s is told by its code: what it says may repeat the request',
    async (code) => {
      const canonical = `The Canonical String should have been 'POST\n/\n\nx-amz-security-token:c2Vjc`;
      const { delivery } = await publish(refused(403, code, canonical));
      const { detail } = delivery as { detail: string };
      expect(detail).toContain(code);
      expect(detail).toContain(TOPIC);
      expect(detail).not.toMatch(/Canonical|c2Vjc/);
    },
  );

  test('what looks like a key is told of no refusal, and everything else is', async () => {
    const said = `Role arn:aws:iam::111122223333:role/plumbline-live-verify may not use AKIA${'X7'.repeat(20)}`;
    const { delivery } = await publish(refused(403, 'AuthorizationError', said));
    expect(delivery).toMatchObject({
      detail: expect.stringContaining('111122223333:role/plumbline-live-verify may not use …') as string,
    });
  });

  test('is asked in its own region', async () => {
    const { requests } = await publish({ status: 200, body: PUBLISHED });
    expect(requests[0]?.headers.authorization).toContain('/eu-west-1/sns/aws4_request');
  });
});

describe('the attributes, by which subscriptions filter', () => {
  test('are sent', async () => {
    const { requests } = await publish({ status: 200, body: PUBLISHED });
    const form = requests[0]?.form ?? new URLSearchParams();
    const attributes = [1, 2, 3, 4].map((index) => [
      form.get(`MessageAttributes.entry.${index}.Name`),
      form.get(`MessageAttributes.entry.${index}.Value.StringValue`),
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      cluster: 'prod-eu',
      severity: 'critical',
      reason: 'opened',
      id: message().id,
    });
  });

  test('name every cluster of a storm, as many as have room', () => {
    const { cluster } = publication(storm(12)).MessageAttributes;
    expect(cluster.DataType).toBe('String.Array');
    expect(JSON.parse(cluster.StringValue)).toEqual(storm(12).clusters);
    const long = Array.from({ length: 2000 }, (_, index) => `prod-${index}-${'x'.repeat(50)}`);
    const cut = publication({ ...storm(1), clusters: long }).MessageAttributes.cluster.StringValue;
    expect(cut.length).toBeLessThanOrEqual(16 * 1024);
    expect(long.slice(0, 200)).toEqual((JSON.parse(cut) as string[]).slice(0, 200));
  });
});

describe('the text', () => {
  test('an incident, for an e-mail', () => {
    expect(publication(message()).Message).toBe(
      [
        'prod-eu: canary failing (amp)',
        'critical, new incident, checked 2026-11-20 12:00:00Z',
        '',
        'Nothing new arrives, since 2026-11-20 11:45:40Z (14m 20s).',
        'Still arriving: 1 of 2 on amp, cloudwatch entirely (1).',
        '',
        'canary (amp): failing in 2 of 2 runs',
        '  silent since 2026-11-20 11:45:40Z, for 14m 20s',
        '  fresh job=kubernetes-pods',
        '    observed: newest sample 14m 20s old',
        '    expected: newest sample at most 4m old',
        '  ask:     max by (job) (timestamp(m))',
        '  console: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1',
        '  runbook: https://wiki.example/adot',
        '',
        'Ok: slow-jobs, collector-emf',
        '',
      ].join('\n'),
    );
  });

  test('new findings are marked, and what is not told is counted', () => {
    const [finding] = entry().findings;
    const findings = finding ? [{ ...finding, isNew: true }] : [];
    const text = publication(message({ entries: [entry({ findings, moreFindings: 2 })] })).Message;
    expect(text).toContain('  new: fresh job=kubernetes-pods\n');
    expect(text).toContain('  and 2 more findings\n');
  });

  test('a recovery reads well', () => {
    expect(publication(recovered()).Message).toBe(
      [
        'prod-eu: 3 signals recovered (amp)',
        'recovered (was critical), checked 2026-11-20 12:00:00Z',
        '',
        'All 4 signals are ok.',
        '',
        'Recovered: canary, slow-jobs, apiservers',
        '  ok in 2 of 2 runs, after 35m',
        '',
        'Ok: canary, slow-jobs, apiservers, collector-emf',
        '',
      ].join('\n'),
    );
  });

  test('blindness says why', () => {
    expect(publication(blind()).Message).toContain(
      [
        'Could not look at canary, slow-jobs: unobserved in 3 of 3 runs',
        '  denied: HTTP 403 AccessDeniedException: not authorized to perform aps:QueryMetrics',
      ].join('\n'),
    );
  });

  test('whole signals are left out, and named, where it would be too long', () => {
    const huge = writtenOut(60);
    const entries = huge.entries.map((one) => ({ ...one, question: 'x'.repeat(7000) }));
    const text = publication({ ...huge, entries }).Message;
    expect(text.match(/ask: /g)).toHaveLength(32);
    expect(text).toContain('Also failing: canary-32, canary-33, canary-34');
  });
});
