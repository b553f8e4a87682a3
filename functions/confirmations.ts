import { bounded, requestHandler } from '../lib/aws/bounded.ts';
import { awsFailure } from '../lib/aws/failure.ts';
import { secondLookAt } from '../lib/dispatch/slots.ts';
import type { Run } from '../lib/incidents/facts.ts';
import type { Container } from './container.ts';

/** A run does not end later for a second look that cannot be asked for. */
const PATIENCE = { connectMs: 1000, answerMs: 2000 };
/** A break lasts longer than this, a hiccup rarely does. */
const SOONEST_S = 60;
const LATEST_S = 90;
/** SQS takes 256 KiB; names have at most 200 characters. */
const MOST_CLUSTERS = 250;

/**
 * Asks for a second look by a delayed message to the queue that feeds `verify`, one for all clusters, so that what they
 * share is still one story. Undefined where there is no queue: the next run is soon enough then. Rejects with the reason in
 * words where it cannot be asked for.
 */
export function confirmations({ clock, credentials }: Container) {
  const { RUN_QUEUE_URL: queue, AWS_REGION: region = '' } = process.env;
  if (!queue) return undefined;
  return async (clusters: readonly string[], run: Run): Promise<void> => {
    const { SendMessageCommand, SQSClient } = await import('../lib/aws/sqs.ts');
    const provide = credentials({ region, role: undefined, externalId: undefined });
    const settings = {
      region,
      credentials: () => provide(),
      maxAttempts: 2,
      requestHandler: requestHandler(PATIENCE),
    };
    const client = bounded(new SQSClient(settings), { patience: PATIENCE });
    try {
      for (let from = 0; from < clusters.length; from += MOST_CLUSTERS) {
        // What was dispatched is spread already, and a tick waits for second looks of its clusters.
        const spread = run.isDispatched ? 0 : Math.round(Math.random() * (LATEST_S - SOONEST_S));
        const delay = SOONEST_S + spread;
        const body = {
          clusters: clusters.slice(from, from + MOST_CLUSTERS),
          scheduledAt: new Date(
            run.isDispatched ? secondLookAt(run.at) : clock.now() + delay * 1000,
          ).toISOString(),
          confirms: run.id,
          ...(run.isDispatched ? { dispatched: true } : {}),
        };
        await client.send(
          new SendMessageCommand({
            QueueUrl: queue,
            MessageBody: JSON.stringify(body),
            DelaySeconds: delay,
          }),
        );
      }
    } catch (error) {
      const { reason, detail } = awsFailure(error, `sqs:SendMessage on ${queue}`);
      throw new Error(`${reason}: ${detail}`, { cause: error });
    } finally {
      client.destroy();
    }
  };
}
