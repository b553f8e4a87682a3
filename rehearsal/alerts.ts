import { json, type Reply, type RunningServer, serve } from './http.ts';
import { type KnownCredentials, verifySignature } from './sigv4.ts';

export interface Told {
  readonly subject: string;
  readonly message: string;
}

export interface AlertReceivers {
  /** What SNS published, and what the Slack webhook was posted, in order. */
  readonly published: readonly Told[];
  readonly posted: readonly unknown[];
  /** Where the SDK finds SNS and SSM. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Account {
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
}

/** A simulated SNS, a parameter store that keeps the webhook's address, and Slack's end of the webhook. */
export async function startAlertReceivers(account: Account): Promise<AlertReceivers> {
  const published: Told[] = [];
  const posted: unknown[] = [];
  const slack = await serve(({ body }) => {
    posted.push(JSON.parse(Buffer.from(body).toString()));
    return { status: 200, body: 'ok' };
  });
  const ssm = await signed(account, 'ssm', () =>
    json(
      200,
      JSON.stringify({
        Parameter: { Name: '/plumbline/slack-webhook', Value: `${slack.url}/services/T000/B000/XXXX` },
      }),
    ),
  );
  const sns = await signed(account, 'sns', (body) => {
    const form = new URLSearchParams(body);
    published.push({ subject: form.get('Subject') ?? '', message: form.get('Message') ?? '' });
    return {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
    };
  });
  return {
    published,
    posted,
    environment: { AWS_ENDPOINT_URL_SNS: sns.url, AWS_ENDPOINT_URL_SSM: ssm.url },
    close: async () => {
      await Promise.all([slack.close(), ssm.close(), sns.close()]);
    },
  };
}

function signed(
  { region, credentials }: Account,
  service: string,
  answer: (body: string) => Reply,
): Promise<RunningServer> {
  return serve((arrived) => {
    const refusal = verifySignature(arrived, { service, region, credentials, now: Date.now() });
    if (refusal) return json(refusal.status, JSON.stringify({ message: refusal.message }), refusal.type);
    return answer(Buffer.from(arrived.body).toString());
  });
}
