import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCheckEvent, readTickEvent, readVerifyEvent } from '../lib/events.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const sqs = (...bodies: unknown[]) => ({
  Records: bodies.map((body) => ({
    eventSource: 'aws:sqs',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});
const said = (problem: string): unknown => expect.stringContaining(problem);

const all = { clusters: [], scheduledAt: undefined, confirms: undefined, isDispatched: false };

describe('verify', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
  ])('%s means all clusters', (_name, event) => {
    expect(readVerifyEvent(event, NOW)).toEqual({ runs: [all], problems: [] });
  });

  test('names are taken once; every record is a run', () => {
    expect(readVerifyEvent({ clusters: ['a', 'b', 'a'] }, NOW).runs).toEqual([
      { ...all, clusters: ['a', 'b'] },
    ]);
    expect(readVerifyEvent(sqs({ clusters: ['a'] }, { clusters: ['b', 'a'] }), NOW)).toEqual({
      runs: [
        { ...all, clusters: ['a'] },
        { ...all, clusters: ['b', 'a'] },
      ],
      problems: [],
    });
  });

  test('a run knows when it was due, and never later than now', () => {
    const run = (event: unknown) => readVerifyEvent(event, NOW).runs[0];
    expect(run({ scheduledAt: '2026-11-20T11:55:00Z' })).toEqual({ ...all, scheduledAt: NOW - 300_000 });
    expect(run({ scheduledAt: '2027-01-01T00:00:00Z' })).toEqual({ ...all, scheduledAt: NOW });
    expect(run({ source: 'aws.events', time: '2026-11-20T11:55:00Z' })).toEqual({
      ...all,
      scheduledAt: NOW - 300_000,
    });
  });

  test('a run may confirm another', () => {
    expect(readVerifyEvent({ clusters: ['a'], confirms: 'run-1' }, NOW).runs).toEqual([
      { ...all, clusters: ['a'], confirms: 'run-1' },
    ]);
  });

  test('a run that was dispatched says so, and when it was due', () => {
    const scheduledAt = '2026-11-20T11:55:00Z';
    const [run] = readVerifyEvent(sqs({ clusters: ['a'], scheduledAt, dispatched: true }), NOW).runs;
    expect(run).toMatchObject({ isDispatched: true, scheduledAt: NOW - 300_000 });
    const ahead = (at: string) =>
      readVerifyEvent({ clusters: ['a'], scheduledAt: at, dispatched: true }, NOW).runs[0]?.scheduledAt;
    expect(ahead('2026-11-20T12:10:00Z')).toBe(NOW + 600_000);
    expect(ahead('2027-01-01T00:00:00Z')).toBe(NOW + 900_000);
    expect(readVerifyEvent({ clusters: ['a'], dispatched: true }, NOW).runs).toMatchObject([
      { isDispatched: false },
    ]);
    expect(readVerifyEvent({ dispatched: 1 }, NOW).problems).toEqual([said('dispatched is not true or')]);
  });

  test('a record that is wrong stops no other', () => {
    expect(readVerifyEvent(sqs('{', { clusters: ['b'] }, 'null', { clusters: [''] }), NOW)).toEqual({
      runs: [{ ...all, clusters: ['b'] }],
      problems: [
        said('record 1: its body is not a JSON object'),
        said('record 3: the event is not a JSON object'),
        said('record 4: clusters is not a list of names'),
      ],
    });
  });

  test.each([
    [{ Records: [] }, 'Records holds no record'],
    [{ Records: [{ eventSource: 'aws:s3', body: '{}' }] }, 'is not a message of SQS'],
    [{ Clusters: ['a'] }, 'did you mean "clusters"?'],
    [{ clusters: 'a' }, 'clusters is not a list of names'],
    [{ clusters: [1] }, 'clusters is not a list of names'],
    [{ scheduledAt: 'soon' }, 'scheduledAt is not a time'],
    [{ scheduledAt: 5 }, 'scheduledAt is not a time'],
    [{ confirms: '' }, 'confirms is not the id of a run'],
    ['a', 'the event is not a JSON object'],
    [['a'], 'the event is not a JSON object'],
  ])('%j is refused: %s', (event, problem) => {
    expect(readVerifyEvent(event, NOW)).toEqual({ runs: [], problems: [said(problem)] });
  });

  test('any event is read or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        const read = readVerifyEvent(event, NOW);
        expect(read.runs.length + read.problems.length).toBeGreaterThan(0);
        const check = readCheckEvent(event, NOW);
        expect('request' in check || check.problems.length > 0).toBe(true);
      }),
    );
  });
});

describe('dispatch', () => {
  test.each([
    [undefined, NOW],
    [{}, NOW],
    [{ scheduledAt: '2026-11-20T11:58:59.999Z' }, NOW - 2 * 60_000],
    [{ source: 'aws.events', time: '2026-11-20T11:58:00Z', detail: {} }, NOW - 2 * 60_000],
    [{ scheduledAt: '2027-01-01T00:00:00Z' }, NOW],
  ])('%j is a tick', (event, tick) => {
    expect(readTickEvent(event, NOW + 5000)).toEqual({ tick });
  });

  test.each([
    [[], 'the event is not a JSON object'],
    [{ at: 1 }, '"at" is not a known key'],
    [{ scheduledAt: 'soon' }, 'scheduledAt is not a time'],
  ])('%j is refused', (event, problem) => {
    expect(readTickEvent(event, NOW)).toEqual({ problems: [said(problem)] });
  });
});

describe('check', () => {
  test('everything at once, without a key', () => {
    expect(readCheckEvent({}, NOW)).toEqual({
      request: { clusters: [], signals: [], waitMs: undefined, since: undefined },
    });
  });

  test('wait implies since now; since alone does not wait', () => {
    expect(readCheckEvent({ wait: '10m' }, NOW)).toMatchObject({ request: { waitMs: 600_000, since: NOW } });
    expect(readCheckEvent({ since: '5m' }, NOW)).toMatchObject({
      request: { waitMs: undefined, since: NOW - 300_000 },
    });
    expect(readCheckEvent({ wait: '10m', since: '5m' }, NOW)).toMatchObject({
      request: { since: NOW - 300_000 },
    });
  });

  test('every problem at once', () => {
    expect(readCheckEvent({ clusters: 'a', signal: ['b'], wait: 10, since: {} }, NOW)).toEqual({
      problems: [
        said('"signal" is not a known key; did you mean "signals"?'),
        said('clusters is not a list'),
        said('wait is not a duration'),
        said('since is not a text'),
      ],
    });
  });
});
