import { expect, test } from 'vitest';
import { remoteWriteReceiver } from '../../rehearsal/remote-write.ts';
import { realPrometheus, startPrometheus } from '../support/prometheus.ts';
import { snappyBlock, writeRequest } from '../support/remote-write.ts';

const HEADERS = {
  'content-encoding': 'snappy',
  'content-type': 'application/x-protobuf',
  'x-prometheus-remote-write-version': '0.1.0',
};

const arrived = (body: Uint8Array, headers: Readonly<Record<string, string>> = HEADERS) => ({
  method: 'POST',
  path: '/api/v1/remote_write',
  rawQuery: '',
  headers: new Map(Object.entries(headers)),
  body,
});
const sample = (name: string, at: number, value: number): Uint8Array =>
  snappyBlock(
    writeRequest([{ labels: new Map([['__name__', name]]), samples: [{ at, value, stale: false }] }]),
  );
const newest = (receiver: ReturnType<typeof remoteWriteReceiver>, now: number): number[] =>
  receiver.visibleAt(now).series.flatMap((one) => one.samples(0, now).map(({ at }) => at));

test.skipIf(!realPrometheus.available)('takes and refuses what a real Prometheus does', async () => {
  const server = await startPrometheus({ flags: ['--web.enable-remote-write-receiver'] });
  try {
    const receiver = remoteWriteReceiver();
    const now = Date.now();
    const outcomes = [];
    for (const [body, said] of [
      [sample('m', now - 1000, 1), ''],
      [sample('m', now, 2), ''],
      [sample('m', now, 2), ''],
      [sample('m', now, 3), 'duplicate sample for timestamp'],
      [sample('m', now - 500, 1), 'out of order sample'],
      [sample('other', now - 500, 1), ''],
      [Uint8Array.of(1, 2, 3), 'corrupt input'],
    ] as const) {
      const simulated = receiver.receive(arrived(body), now);
      const real = await fetch(`${server.url}/api/v1/write`, {
        method: 'POST',
        headers: HEADERS,
        body: Uint8Array.from(body),
      });
      const words = await real.text();
      outcomes.push([Math.floor(simulated.status / 100), Math.floor(real.status / 100), said]);
      expect([simulated.body, words]).toEqual([
        expect.stringMatching(new RegExp(said)),
        expect.stringMatching(new RegExp(said)),
      ]);
    }
    for (const [simulated, real, said] of outcomes) {
      expect([simulated, real, said]).toEqual([said === '' ? 2 : 4, said === '' ? 2 : 4, said]);
    }
  } finally {
    await server.stop();
  }
});

test('shows a sample after its delay, and the ones before meanwhile', () => {
  let delayMs = 0;
  const receiver = remoteWriteReceiver({ delayMs: () => delayMs });
  receiver.receive(arrived(sample('m', 1000, 1)), 1000);
  delayMs = 5000;
  receiver.receive(arrived(sample('m', 2000, 1)), 2000);
  expect(newest(receiver, 6999)).toEqual([1000]);
  expect(newest(receiver, 7000)).toEqual([1000, 2000]);
});

test('refuses what has no place any more, and takes the rest of the request', () => {
  const receiver = remoteWriteReceiver({ seriesLimit: () => 1 });
  const both = snappyBlock(
    writeRequest(
      ['a', 'b'].map((name) => ({
        labels: new Map([['__name__', name]]),
        samples: [{ at: 1000, value: 1, stale: false }],
      })),
    ),
  );
  expect(receiver.receive(arrived(both), 1000)).toMatchObject({
    status: 400,
    body: expect.stringMatching(/^per-user series limit of 1 exceeded/),
  });
  expect(receiver.visibleAt(1000).series.map(({ labels }) => labels.get('__name__'))).toEqual(['a']);
});

test.each(Object.keys(HEADERS))('refuses a request without %s', (name) => {
  const headers = Object.fromEntries(Object.entries(HEADERS).filter(([key]) => key !== name));
  expect(remoteWriteReceiver().receive(arrived(sample('m', 1000, 1), headers), 1000).status).toBe(400);
});
