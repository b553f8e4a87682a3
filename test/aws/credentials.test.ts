import { expect, onTestFinished, test, vi } from 'vitest';
import { awsCredentials } from '../../lib/aws/credentials.ts';
import { inOrder, serve } from '../support/http.ts';
import { fakeClock } from '../support/ports.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const BASE = { region: 'eu-west-1', role: undefined, externalId: undefined };
const READER = { ...BASE, role: 'arn:aws:iam::111122223333:role/reader', externalId: '6c1f' };

function environment(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
    ...variables,
  })) {
    vi.stubEnv(name, value);
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

const assumed = (key: string, expiration: string) => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
});

test('without a role, the default chain', async () => {
  environment({});
  const provider = awsCredentials(fakeClock(NOW))(BASE);
  expect(await provider()).toMatchObject({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
});

test('a role is assumed once for all who need it, with its external id, and again before it expires', async () => {
  const sts = await serve(
    inOrder(assumed('AKONE', '2026-11-20T13:00:00Z'), assumed('AKTWO', '2026-11-20T14:00:00Z')),
  );
  environment({ AWS_ENDPOINT_URL_STS: sts.url });
  const clock = fakeClock(NOW);
  const credentialsFor = awsCredentials(clock);
  const [first, second] = await Promise.all([credentialsFor(READER)(), credentialsFor({ ...READER })()]);
  expect([first.accessKeyId, second.accessKeyId, sts.requests.length]).toEqual(['AKONE', 'AKONE', 1]);
  expect(Object.fromEntries(sts.requests[0]?.form ?? [])).toMatchObject({
    Action: 'AssumeRole',
    RoleArn: READER.role,
    ExternalId: '6c1f',
    RoleSessionName: 'plumbline',
    DurationSeconds: '3600',
  });
  clock.advance(54 * 60_000);
  expect((await credentialsFor(READER)()).accessKeyId).toBe('AKONE');
  clock.advance(2 * 60_000);
  expect((await credentialsFor(READER)()).accessKeyId).toBe('AKTWO');
});

test('what lasts for less than five minutes is not asked for by every request', async () => {
  const sts = await serve(
    inOrder(assumed('AKONE', '2026-11-20T12:04:00Z'), assumed('AKTWO', '2026-11-20T13:00:00Z')),
  );
  environment({ AWS_ENDPOINT_URL_STS: sts.url });
  const clock = fakeClock(NOW);
  const provider = awsCredentials(clock)(READER);
  for (let request = 0; request < 20; request += 1) expect((await provider()).accessKeyId).toBe('AKONE');
  clock.advance(2 * 60_000);
  expect((await provider()).accessKeyId).toBe('AKTWO');
});

test.each([
  ['plumbline-live-verify', 'plumbline-live-verify'],
  ['cli', 'plumbline-cli'],
  ['fonction é/"', 'plumbline-fonction----'],
  ['x'.repeat(100), `plumbline-${'x'.repeat(54)}`],
])('a session of %s is called %s in CloudTrail', async (caller, name) => {
  const sts = await serve(inOrder(assumed('AKONE', '2026-11-20T13:00:00Z')));
  environment({ AWS_ENDPOINT_URL_STS: sts.url });
  await awsCredentials(fakeClock(NOW), caller)(READER)();
  expect(sts.requests[0]?.form.get('RoleSessionName')).toBe(name);
});

test('new credentials on demand, when the old ones were refused early', async () => {
  const sts = await serve(
    inOrder(assumed('AKONE', '2026-11-20T13:00:00Z'), assumed('AKTWO', '2026-11-20T14:00:00Z')),
  );
  environment({ AWS_ENDPOINT_URL_STS: sts.url });
  const provider = awsCredentials(fakeClock(NOW))(READER);
  await provider();
  const renewed = [provider({ forceRefresh: true }), provider({ forceRefresh: true })];
  expect((await Promise.all(renewed)).map(({ accessKeyId }) => accessKeyId)).toEqual(['AKTWO', 'AKTWO']);
  // One who learns of the same a little later gets what the first was given.
  expect((await provider({ forceRefresh: true })).accessKeyId).toBe('AKTWO');
  expect(sts.requests).toHaveLength(2);
});

test('a role that cannot be assumed now may be later', async () => {
  const refused = {
    status: 403,
    headers: { 'content-type': 'text/xml' },
    body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>',
  };
  const sts = await serve(inOrder(refused, assumed('AKONE', '2026-11-20T13:00:00Z')));
  environment({ AWS_ENDPOINT_URL_STS: sts.url });
  const clock = fakeClock(NOW);
  const provider = awsCredentials(clock)(READER);
  await expect(Promise.all([provider(), provider()])).rejects.toThrow('sts:AssumeRole');
  await expect(provider()).rejects.toThrow('sts:AssumeRole');
  expect(sts.requests).toHaveLength(1);
  clock.advance(31_000);
  expect((await provider()).accessKeyId).toBe('AKONE');
});
