import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCheckEvent, readVerifyEvent } from '../lib/events.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const sqs = (...bodies: unknown[]) => ({
  Records: bodies.map((body) => ({
    eventSource: 'aws:sqs',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});
const said = (problem: string): unknown => expect.stringContaining(problem);

describe('verify', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
  ])('%s means all clusters', (_name, event) => {
    expect(readVerifyEvent(event)).toEqual({ clusters: [], problems: [] });
  });

  test('names are taken once, from every record', () => {
    expect(readVerifyEvent({ clusters: ['a', 'b', 'a'] })).toEqual({ clusters: ['a', 'b'], problems: [] });
    expect(readVerifyEvent(sqs({ clusters: ['a'] }, { clusters: ['b', 'a'] }))).toEqual({
      clusters: ['a', 'b'],
      problems: [],
    });
  });

  test('a record that is wrong stops no other', () => {
    expect(readVerifyEvent(sqs('{', { clusters: ['b'] }, {}, { clusters: [''] }))).toEqual({
      clusters: ['b'],
      problems: [
        said('record 1: its body is not a JSON object'),
        said('record 3: names no cluster'),
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
    ['a', 'the event is not a JSON object'],
    [['a'], 'the event is not a JSON object'],
  ])('%j is refused: %s', (event, problem) => {
    expect(readVerifyEvent(event)).toEqual({ problems: [said(problem)] });
  });

  test('any event is read or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        const read = readVerifyEvent(event);
        expect('clusters' in read || read.problems.length > 0).toBe(true);
        const check = readCheckEvent(event, NOW);
        expect('request' in check || check.problems.length > 0).toBe(true);
      }),
    );
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
