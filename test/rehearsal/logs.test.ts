import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import {
  eventTimes,
  newestEvent,
  type SimulatedLogGroup,
  vendedLogMetrics,
} from '../../rehearsal/log-groups.ts';
import { type LogsOptions, startLogs } from '../../rehearsal/logs.ts';
import { createMetricStore } from '../../rehearsal/metric-store.ts';
import { CREDENTIALS, HOUR, MINUTE, NOON, writing } from '../support/log-account.ts';

async function client(
  groups: Readonly<Record<string, SimulatedLogGroup>>,
  options: Partial<LogsOptions> = {},
): Promise<CloudWatchLogsClient> {
  const started = await startLogs({
    clock: { now: () => NOON },
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    groups: new Map(Object.entries(groups)),
    ...options,
  });
  onTestFinished(() => started.close());
  return new CloudWatchLogsClient({
    endpoint: started.url,
    region: 'eu-west-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
    systemClockOffset: NOON - systemClock.now(),
  });
}

const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`/app/${index}`, writing()]));

test('groups come by name, fifty a page, by prefix or by identifiers', async () => {
  const sdk = await client(many);
  const first = await sdk.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/app/1' }));
  expect(first.logGroups?.map(({ logGroupName }) => logGroupName)?.slice(0, 3)).toEqual([
    '/app/1',
    '/app/10',
    '/app/100',
  ]);
  expect([first.logGroups?.length, first.nextToken]).toEqual([31, undefined]);
  const page = await sdk.send(new DescribeLogGroupsCommand({}));
  const { nextToken = '' } = page;
  expect((await sdk.send(new DescribeLogGroupsCommand({ nextToken }))).logGroups).toHaveLength(50);
  const two = await sdk.send(new DescribeLogGroupsCommand({ logGroupIdentifiers: ['/app/7', '/app/none'] }));
  expect(two.logGroups).toMatchObject([{ logGroupName: '/app/7', logGroupClass: 'STANDARD' }]);
  const mixed = new DescribeLogGroupsCommand({ logGroupIdentifiers: ['/app/7'], logGroupNamePrefix: '/app' });
  await expect(sdk.send(mixed)).rejects.toThrow('can only be combined');
});

test('the times of streams lag, and events do not', async () => {
  const streams = [
    { name: 'old', since: NOON - 9 * HOUR, until: NOON - 8 * HOUR },
    { name: 'live', since: NOON - HOUR },
    { name: 'new', since: NOON - 5 * MINUTE },
  ];
  const sdk = await client({ '/app': { streams } });
  const listed = await sdk.send(
    new DescribeLogStreamsCommand({ logGroupName: '/app', orderBy: 'LastEventTime', descending: true }),
  );
  expect(
    listed.logStreams?.map(({ logStreamName, lastEventTimestamp: last }) => [
      logStreamName,
      last && (NOON - last) / MINUTE,
    ]),
  ).toEqual([
    ['live', 30],
    ['old', 481],
    ['new', undefined],
  ]);
  const events = await sdk.send(
    new FilterLogEventsCommand({
      logGroupName: '/app',
      logStreamNames: ['new'],
      startTime: NOON - 2 * MINUTE,
    }),
  );
  expect(events.events?.map(({ timestamp = 0 }) => (NOON - timestamp) / MINUTE)).toEqual([2, 1, 0]);
});

test('a search may begin with empty pages, and goes on where it was', async () => {
  const sdk = await client({ '/app': writing() }, { emptyPages: 2 });
  const seen: number[] = [];
  let nextToken: string | undefined;
  do {
    const input = { logGroupName: '/app', startTime: NOON - 3 * MINUTE, limit: 3 };
    const page = await sdk.send(
      new FilterLogEventsCommand({ ...input, ...(nextToken ? { nextToken } : {}) }),
    );
    seen.push(page.events?.length ?? -1);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  expect(seen).toEqual([0, 0, 3, 1]);
});

test('what does not exist is refused', async () => {
  const sdk = await client({ '/app': writing() });
  const streams = new DescribeLogStreamsCommand({ logGroupName: '/none' });
  await expect(sdk.send(streams)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const events = new FilterLogEventsCommand({ logGroupName: '/app', logStreamNames: ['none'] });
  await expect(sdk.send(events)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the vended metrics follow the groups', () => {
  const groups = new Map([['/app', writing()]]);
  const store = createMetricStore(vendedLogMetrics(groups));
  const incoming = { namespace: 'AWS/Logs', name: 'IncomingLogEvents' };
  const at = (name: string) => store.find({ ...incoming, dimensions: new Map([['LogGroupName', name]]) });
  expect(at('/app')?.lastAt(NOON)).toBe(NOON - 3 * MINUTE);
  groups.set('/other', writing());
  groups.delete('/app');
  expect([at('/app'), at('/other')?.firstAt()]).toEqual([undefined, NOON - 24 * HOUR]);
});

test('events come at whole intervals', () => {
  const stream = { name: 's', since: 10, until: 50, everyMs: 10 };
  expect(eventTimes(stream, 0, 100)).toEqual([10, 20, 30, 40]);
  expect(eventTimes(stream, 15, 40)).toEqual([20, 30]);
  expect([newestEvent(stream, 100), newestEvent(stream, 21), newestEvent(stream, 10)]).toEqual([
    40,
    20,
    undefined,
  ]);
});
