import { describe, expect, test } from 'vitest';
import { HELD_MS, type HeldRun } from '../../lib/dispatch/held.ts';
import type { ClusterMemory, Episode } from '../../lib/incidents/memory.ts';
import { UNKNOWN_STANDING } from '../../lib/incidents/standing.ts';
import { failing, report } from '../report/reports.ts';
import type { Place } from './contract.ts';
import { NOW } from './memories.ts';

const seen = report({ 'prod-eu': [failing] }).clusters[0] ?? null;
const held = (over: Partial<HeldRun> = {}): HeldRun => ({
  cluster: 'prod-eu',
  at: NOW - 60_000,
  checkedAt: NOW - 55_000,
  by: 'one',
  report: seen,
  turn: { cluster: 'prod-eu', because: 'amp fresh', places: ['amp ws-1', 'region eu-west-1'] },
  storm: null,
  ...over,
});

const counting: Episode = {
  runs: 1,
  firstAt: NOW,
  since: NOW,
  clear: 0,
  findings: [],
  channels: { sns: { owed: 'opened' } },
};
const opened = { at: NOW, key: 'prod-eu/1', because: 'not observable' };
const BLIND_AND_OWED: ClusterMemory['signals'] = {
  told: { plane: 'amp', severity: 'critical', blind: { ...counting, opened } },
  new: { plane: 'amp', severity: 'critical', blind: { ...counting, channels: {} } },
};

/** What every store must do for `dispatch`. */
export function dispatchContract(place: () => Promise<Place>): void {
  describe('runs that are held', () => {
    test('are read as they were written, oldest first, until they are let go of', async () => {
      const { open } = await place();
      const older = held({ cluster: 'a#b', at: NOW - 120_000, report: null, turn: null, storm: 'storm/x' });
      await open().hold(held());
      await open().hold(older);
      expect(await open().held(NOW)).toEqual([older, held()]);
      await open().release(held());
      await open().release(held());
      expect(await open().held(NOW)).toEqual([older]);
    });

    test('are one per cluster, time and invocation, the last that was written', async () => {
      const { open } = await place();
      const twin = held({ by: 'other' });
      const told = held({ report: null, storm: 'storm/x', again: NOW });
      await open().hold(held());
      await open().hold(twin);
      await open().hold(told);
      const found = await open().held(NOW);
      expect(found).toHaveLength(2);
      expect(found).toEqual(expect.arrayContaining([told, twin]));
      await open().release(twin);
      expect(await open().held(NOW)).toEqual([told]);
    });

    test('of an earlier version, which has no id, are read and let go of', async () => {
      const { open } = await place();
      const { by: _by, ...old } = held();
      await open().hold(old);
      expect(await open().held(NOW)).toEqual([old]);
      await open().release(old);
      expect(await open().held(NOW)).toEqual([]);
    });

    test('are not kept for ever', async () => {
      const { open } = await place();
      await open().hold(held());
      expect(await open().held(held().at + HELD_MS + 1)).toEqual([]);
    });
  });

  test('how all clusters stand is known at once: their last runs, what is blind, what is owed', async () => {
    const { open } = await place();
    expect(await open().standings()).toEqual(new Map());
    await open().write('prod-eu', { runs: [{ id: 'r', at: NOW }], signals: {}, everyMs: 300_000 }, 0);
    await open().write('staging', { runs: [], signals: {} }, 0);
    expect(await open().standings()).toEqual(
      new Map([
        ['prod-eu', { ...UNKNOWN_STANDING, lastRun: { at: NOW, everyMs: 300_000 } }],
        ['staging', UNKNOWN_STANDING],
      ]),
    );
    await open().write('prod-eu', { runs: [{ id: 's', at: NOW + 1 }], signals: BLIND_AND_OWED }, 1);
    const standing = { lastRun: { at: NOW + 1 }, blind: 2, owedFrom: 0 };
    expect((await open().standings()).get('prod-eu')).toEqual(standing);
    await open().write('prod-eu', { runs: [{ id: 't', at: NOW + 2 }], signals: {} }, 2);
    expect((await open().standings()).get('prod-eu')).toEqual({
      ...UNKNOWN_STANDING,
      lastRun: { at: NOW + 2 },
    });
  });

  test('the last good configuration of a place is remembered, and replaced', async () => {
    const { open } = await place();
    const at = 's3://bucket/plumbline.json';
    expect(await open().keptConfig(at)).toBeUndefined();
    await open().keepConfig(at, { version: '"a"', text: '{"version":1}' });
    await open().keepConfig(at, { version: '"b"', text: '{"version":1,"clusters":[]}' });
    expect(await open().keptConfig(at)).toEqual({ version: '"b"', text: '{"version":1,"clusters":[]}' });
    expect(await open().keptConfig('ssm:/plumbline')).toBeUndefined();
  });
}
