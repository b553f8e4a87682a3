/** Invokes a built function as Lambda does: `node invoke.ts BUNDLE EVENT`. */
import { randomUUID } from 'node:crypto';

const [bundle = '', event = '{}'] = process.argv.slice(2);
const endsAt = Date.now() + 60_000;
const { handler } = (await import(bundle)) as {
  handler: (event: unknown, context: object) => Promise<unknown>;
};
await handler(JSON.parse(event), {
  awsRequestId: randomUUID(),
  getRemainingTimeInMillis: () => endsAt - Date.now(),
});
