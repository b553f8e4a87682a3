import { awsService } from '../aws/service.ts';
import { eachPage, listIn, type Looking, orGap, patient } from './looking.ts';
import type { SeenTraces } from './seen.ts';

const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 60 * 60_000;
/** GetServiceGraph answers "Time range cannot be longer than 6 hours". */
const LONGEST_MS = 6 * 60 * 60_000;

/** Nodes that X-Ray draws from what others tell of them: they send nothing. */
const SENDS = /^AWS::(?:ECS|EKS|EC2|ElasticBeanstalk|AppRunner)::/;

/** The services that sent traces in the last six hours, and whether they do so all the time. */
export async function lookAtTraces(looking: Looking): Promise<readonly SeenTraces[]> {
  const { identity, ports } = looking;
  const { GetServiceGraphCommand, GetTraceSegmentDestinationCommand, XRayClient } =
    await import('../aws/xray.ts');
  const api = awsService(XRayClient, identity, ports);
  const { as } = api;
  const request = patient(api, ports);
  const now = ports.clock.now();
  const resource = identity.region;
  const about = { action: 'xray:GetServiceGraph', resource, as, missing: 'services that send traces' };
  const between = (from: number, to: number) =>
    orGap(looking, about, new Set<string>(), async (found) =>
      eachPage(
        (NextToken) => {
          const time = { StartTime: new Date(from), EndTime: new Date(to) };
          const command = new GetServiceGraphCommand({ ...time, ...(NextToken ? { NextToken } : {}) });
          return request({ action: about.action }, (client, options) => client.send(command, options));
        },
        (page) => page.NextToken,
        (page) => {
          for (const { Name, Type } of listIn(page.Services))
            if (Name !== undefined && (Type === undefined || SENDS.test(Type))) found.add(Name);
        },
      ),
    );
  const all = await between(now - LONGEST_MS, now);
  if (all.size === 0) return [];
  const keeping = { ...about, action: 'xray:GetTraceSegmentDestination', missing: 'how steady traces are' };
  const spans = await orGap(looking, keeping, { isSearched: false }, async (found) => {
    const { Destination } = await request({ action: keeping.action }, (client, options) =>
      client.send(new GetTraceSegmentDestinationCommand({}), options),
    );
    found.isSearched = Destination === 'CloudWatchLogs';
  });
  // With Transaction Search X-Ray sees one trace in a hundred: what it sees in every hour of six sends many in each.
  const [count, lengthMs] = spans.isSearched ? [LONGEST_MS / HOUR_MS, HOUR_MS] : [4, QUARTER_MS];
  const periods = await Promise.all(
    Array.from({ length: count }, (_, back) => between(now - (back + 1) * lengthMs, now - back * lengthMs)),
  );
  return [...all]
    .sort()
    .map((service) => ({ service, isSteady: periods.every((some) => some.has(service)) }));
}
