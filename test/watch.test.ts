import { describe, expect, test } from 'vitest';
import type { Notifier } from '../lib/notifiers/notifier.ts';
import type { PlannedCluster } from '../lib/plan.ts';
import { type LogLine, troubleOf, watch } from '../lib/watch.ts';
import { inOrder, serve, vector } from './support/http.ts';
import { testPorts } from './support/ports.ts';
import { signal } from './support/world.ts';

const SILENT = { status: 200, body: vector([]) };
const LIVE = { status: 200, body: vector([[{}, '3']]) };

/** Watches clusters, each on a Prometheus with the given answers, and records all that leaves. */
async function watched(
  clusters: Readonly<Record<string, Parameters<typeof serve>[0]>>,
  notifiers: readonly Notifier[],
) {
  const planned: PlannedCluster[] = [];
  for (const [name, respond] of Object.entries(clusters)) {
    const { url } = await serve(respond);
    planned.push({
      name,
      region: 'eu-west-1',
      signals: [{ judged: true, signal: signal({ address: url }) }],
    });
  }
  const log: LogLine[] = [];
  const emitted: Record<string, unknown>[] = [];
  const ports = testPorts();
  const result = await watch(planned, {
    ...ports,
    toolVersion: 'test',
    notifiers,
    sending: { ...ports, resolve: async (value) => ({ value }) },
    log: (line) => log.push(line),
    emit: (line) => emitted.push(JSON.parse(line) as Record<string, unknown>),
  });
  return { result, log, emitted };
}

const silent = (): Parameters<typeof serve>[0] => (_request, response) => void response.end(SILENT.body);

function recording(send: Notifier['send'] = async () => ({ delivered: true })) {
  const told: string[] = [];
  const notifier: Notifier = {
    channel: 'slack',
    send: (message, ports) => {
      told.push(message.title);
      return send(message, ports);
    },
  };
  return { told, notifier };
}

describe('a scheduled run', () => {
  test('tells every channel of every cluster that fails, and of no other', async () => {
    const [one, two] = [recording(), recording()];
    const { result } = await watched({ a: silent(), b: inOrder(LIVE), c: silent() }, [
      one.notifier,
      two.notifier,
    ]);
    expect(result).toEqual({
      clusters: [
        { cluster: 'a', verdict: 'failing' },
        { cluster: 'b', verdict: 'ok' },
        { cluster: 'c', verdict: 'failing' },
      ],
      undelivered: 0,
      defects: 0,
    });
    const titles = ['a: canary failing (prometheus)', 'c: canary failing (prometheus)'];
    expect([one.told.sort(), two.told.sort()]).toEqual([titles, titles]);
  });

  test('goes on when a channel throws, and says that Plumbline broke', async () => {
    const broken = recording(() => Promise.reject(new Error('a mistake of ours')));
    const fine = recording();
    const { result, log, emitted } = await watched({ a: silent() }, [broken.notifier, fine.notifier]);
    expect(fine.told).toEqual(['a: canary failing (prometheus)']);
    expect(result).toMatchObject({ undelivered: 1, defects: 1 });
    expect(log.map(({ what }) => what).sort()).toEqual(['defect', 'verdict']);
    expect(emitted).toMatchObject([
      { UndeliveredMessages: 1 },
      { Runs: 1, Defects: 1, UndeliveredMessages: 1 },
    ]);
  });

  test('goes on when a cluster cannot even be asked', async () => {
    const ports = testPorts();
    const { url } = await serve(inOrder(LIVE));
    const ofAddress = (address: string): PlannedCluster => ({
      name: address,
      region: 'eu-west-1',
      signals: [{ judged: true, signal: signal({ address }) }],
    });
    const log: LogLine[] = [];
    const result = await watch([ofAddress('no address'), ofAddress(url)], {
      ...ports,
      toolVersion: 'test',
      notifiers: [],
      sending: { ...ports, resolve: async (value) => ({ value }) },
      log: (line) => log.push(line),
      emit: () => {},
    });
    expect(result).toEqual({
      clusters: [
        { cluster: 'no address', verdict: 'broken' },
        { cluster: url, verdict: 'ok' },
      ],
      undelivered: 0,
      defects: 1,
    });
  });
});

test('what broke is the reason for an error at the end', () => {
  expect(troubleOf({ undelivered: 0, defects: 0 }, [])).toBeUndefined();
  expect(troubleOf({ undelivered: 2, defects: 1 }, ['no such cluster'])).toBe(
    'the event cannot be run: no such cluster; plumbline itself broke 1 time; 2 messages not delivered; the log says more',
  );
});
