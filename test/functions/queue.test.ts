import { expect, onTestFinished, test, vi } from 'vitest';
import { openQueue } from '../../functions/queue.ts';
import { serve } from '../support/http.ts';

const BATCH = ['prod-eu', 'staging'].map((cluster) => ({ cluster, at: 0, body: '{}', delaySeconds: 0 }));
const DIGEST = '99914b932bd37a50b983c5e7c90ae93b';

async function queueThatAnswers(body: string) {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
  });
  vi.stubEnv('RUN_QUEUE_URL', `${url}/111122223333/plumbline-live-runs`);
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', url);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  const credentials = () => async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'of the test' });
  const queue = await openQueue({ credentials });
  onTestFinished(() => {
    queue.close();
    vi.unstubAllEnvs();
  });
  return queue;
}

test.each(['{}', 'null', '[]', '', '{"Answer":1}', '{"Successful":[],"Failed":[]}'])(
  'runs that the answer %j does not tell of were not sent',
  async (body) => {
    const queue = await queueThatAnswers(body);
    const sent = await queue.send(BATCH).catch((error: unknown) => error);
    if (sent instanceof Error) expect(sent.message).toMatch(/^invalid-response: sqs:SendMessage/);
    else expect(sent).toEqual(new Map([0, 1].map((at) => [at, expect.stringContaining('does not tell')])));
  },
);

test('each run is sent that the answer tells so of; the others have their reason', async () => {
  const queue = await queueThatAnswers(
    JSON.stringify({
      Successful: [{ Id: '1', MessageId: 'm', MD5OfMessageBody: DIGEST }],
      Failed: [{ Id: '0', Code: 'InternalError', Message: 'try\u0007 again', SenderFault: false }],
    }),
  );
  expect(await queue.send(BATCH)).toEqual(new Map([[0, 'InternalError try\\u0007 again']]));
});
