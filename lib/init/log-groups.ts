import { addGap, eachPage, listIn, type InitPorts, type Looking, orGap, patient } from './looking.ts';
import { openCloudWatch } from '../cloudwatch/client.ts';
import { listedSeries } from '../cloudwatch/listing.ts';
import { measureKey, readMeasures } from '../cloudwatch/metric-data.ts';
import type { Unavailable } from '../evidence.ts';
import { type Logs, openLogs } from '../logs/client.ts';
import { type Arrivals, arrivalsOf } from './arrivals.ts';
import type { SeenLogGroup } from './seen.ts';

const DAY_MS = 24 * 60 * 60_000;
const PERIOD_MS = 5 * 60_000;
/** Log groups whose names begin so are other services' of AWS; what collectors write to is not among them. */
const OF_AWS = /^\/?aws\//i;
const OF_COLLECTORS = /^\/aws\/(?:containerinsights|ecs|application-signals|otel|adot)\//i;
const MOST_STREAMS = 5;

/** Whether a log group is written to by services of AWS alone, and not looked at. */
export function isOfAws(name: string): boolean {
  return OF_AWS.test(name) && !OF_COLLECTORS.test(name);
}

/** The log groups that collectors may write to, and how events arrived in the last day. */
export async function lookAtLogGroups(looking: Looking): Promise<readonly SeenLogGroup[]> {
  const logs = await openLogs(looking.identity, looking.ports);
  const groups = await listed(logs, looking);
  const names = [...groups.keys()].filter((name) => !isOfAws(name)).sort();
  const arrivals = await arrivalsIn(names, groups, looking);
  return Promise.all(
    names.map(async (name) => ({
      name,
      retentionDays: groups.get(name)?.retentionDays,
      ...(arrivals.get(name) ?? arrivalsOf([])),
      streams: name.startsWith('/logs/') ? await streamsOf(name, logs, looking) : [],
    })),
  );
}

interface Listed {
  /** For so long it keeps events. */
  readonly retentionDays: number | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | undefined;
}

/** Every log group. */
async function listed(logs: Logs, looking: Looking): Promise<ReadonlyMap<string, Listed>> {
  const { as, commands } = logs;
  const request = patient(logs, looking.ports);
  const { region } = looking.identity;
  const about = { action: 'logs:DescribeLogGroups', resource: region, as, missing: 'log groups' };
  return orGap(looking, about, new Map<string, Listed>(), async (found) =>
    eachPage(
      (nextToken) => {
        const command = new commands.DescribeLogGroupsCommand(nextToken ? { nextToken } : {});
        return request({ action: about.action }, (client, options) => client.send(command, options));
      },
      (page) => page.nextToken,
      (page) => {
        for (const { logGroupName, retentionInDays: retentionDays, creationTime: createdAt } of listIn(
          page.logGroups,
        ))
          if (logGroupName !== undefined) found.set(logGroupName, { retentionDays, createdAt });
      },
    ),
  );
}

/** When events arrived in each group in the last day, as CloudWatch counts them: minutes late, where streams lag an hour. */
async function arrivalsIn(
  names: readonly string[],
  groups: ReadonlyMap<string, Listed>,
  looking: Looking,
): Promise<ReadonlyMap<string, Arrivals>> {
  const cloudwatch = await openCloudWatch(looking.identity, looking.ports);
  const measures = names.map((name) => ({
    ...listedSeries({ namespace: 'AWS/Logs', account: undefined }, 'IncomingLogEvents', [
      { Name: 'LogGroupName', Value: name },
    ]),
    stat: 'Sum',
  }));
  const day = lastDay(looking.ports);
  const read = await readMeasures(measures, day, {
    ...cloudwatch,
    request: patient(cloudwatch, looking.ports),
  });
  const troubles = new Set<Unavailable>();
  const arrivals = names.map((name, index): [string, Arrivals] => {
    const measure = measures[index];
    const { points = [], trouble } = (measure && read.get(measureKey(measure))) ?? {};
    if (trouble) troubles.add(trouble);
    const times = points.filter(({ value }) => value > 0).map(({ at }) => at + PERIOD_MS);
    const { createdAt = day.from } = groups.get(name) ?? {};
    return [name, arrivalsOf(times, Math.max(day.from, createdAt))];
  });
  const [trouble] = troubles;
  if (trouble)
    addGap(
      looking,
      {
        action: 'cloudwatch:GetMetricData',
        resource: looking.identity.region,
        missing: 'which log groups are alive',
      },
      trouble,
    );
  return new Map(arrivals);
}

function lastDay({ clock }: InitPorts) {
  const to = Math.ceil((clock.now() + 1) / PERIOD_MS) * PERIOD_MS;
  return { from: to - DAY_MS, to, periodMs: PERIOD_MS };
}

/** The names of a few streams, those that were written to last. */
async function streamsOf(logGroupName: string, logs: Logs, looking: Looking): Promise<readonly string[]> {
  const { as, commands } = logs;
  const request = patient(logs, looking.ports);
  const missing = `how the streams of ${logGroupName} are called`;
  const about = { action: 'logs:DescribeLogStreams', resource: `log group ${logGroupName}`, as, missing };
  return orGap(looking, about, new Array<string>(), async (found) => {
    const newest = { orderBy: 'LastEventTime', descending: true, limit: MOST_STREAMS } as const;
    const command = new commands.DescribeLogStreamsCommand({ logGroupName, ...newest });
    const page = await request({ action: about.action }, (client, options) => client.send(command, options));
    for (const { logStreamName } of listIn(page.logStreams))
      if (logStreamName !== undefined) found.push(logStreamName);
  });
}
