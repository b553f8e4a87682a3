import type { ServiceId, TraceSummary, XRayClient } from '@aws-sdk/client-xray';
import { awsFailure } from '../aws/failure.ts';
import type { AwsService } from '../aws/service.ts';
import type { SourcePorts } from '../sources/source.ts';
import { lacking, type Period, type Sighting, type TracePage, type TracePlace } from './place.ts';
import { serviceExpression } from './text.ts';

export interface XRay extends AwsService<XRayClient> {
  readonly commands: Pick<
    typeof import('../aws/xray.ts'),
    'BatchGetTracesCommand' | 'GetTraceSegmentDestinationCommand' | 'GetTraceSummariesCommand'
  >;
}

/**
 * How long a period one call is asked for. AWS documents no limit for GetTraceSummaries; GetServiceGraph answers "Time
 * range cannot be longer than 6 hours", and what fits there fits here.
 */
export const LONGEST_PERIOD_MS = 6 * 3_600_000;

const SUMMARIES = 'xray:GetTraceSummaries';
const TRACES = 'xray:BatchGetTraces';
/** BatchGetTraces takes at most this many ids a call. */
const TRACES_PER_CALL = 5;

/** Nodes that X-Ray draws from what others tell of them: they send nothing. */
const SENDS_NOTHING = /^(?:client|remote)$/;

/** The traces that X-Ray itself keeps: all of them, or with Transaction Search the indexed share. */
export function summaries(open: () => Promise<XRay>, { onUnits }: Pick<SourcePorts, 'onUnits'>): TracePlace {
  let as = '';
  let action = SUMMARIES;
  return {
    failure: (error, service) => awsFailure(error, `${action} on ${service ?? 'all services'}, as ${as}`),
    async *pages(service, period) {
      const xray = await open();
      const { request, commands } = xray;
      as = xray.as;
      const parts = inParts(period);
      for (const [index, part] of parts.entries()) {
        let token: string | undefined;
        do {
          const command = new commands.GetTraceSummariesCommand({
            StartTime: new Date(part.from),
            EndTime: new Date(part.to),
            // By when X-Ray was last told of a trace: one that began hours ago is found, and so are ids without a time in them.
            TimeRangeType: 'Event',
            Sampling: false,
            ...(service === undefined ? {} : { FilterExpression: serviceExpression(service) }),
            ...(token === undefined ? {} : { NextToken: token }),
          });
          action = SUMMARIES;
          const answer = await request({ action }, (client, options) => client.send(command, options));
          // What did not match was scanned too, and is paid.
          onUnits?.({ action, unit: 'traces', count: answer.TracesProcessedCount });
          if (!answer.TraceSummaries) throw lacking('TraceSummaries');
          token = answer.NextToken || undefined;
          const isLast = token === undefined && index === parts.length - 1;
          const [called, own] = parted(answer.TraceSummaries, service);
          // Where nothing else shows it, its own segments do: X-Ray may take what sends them for something unknown.
          if (service !== undefined && called.length > 0 && own.length === 0) {
            action = TRACES;
            if (await isSender(service, called, xray)) own.push(...called);
          }
          yield pageOf(answer.TraceSummaries, own, part, isLast);
        } while (token !== undefined);
      }
    },
  };
}

/** Parts of a period that one call can span, the newest first. */
function inParts({ from, to }: Period): readonly Period[] {
  const count = Math.max(1, Math.ceil((to - from) / LONGEST_PERIOD_MS));
  return Array.from({ length: count }, (_, index) => ({
    from: Math.max(from, to - (index + 1) * LONGEST_PERIOD_MS),
    to: to - index * LONGEST_PERIOD_MS,
  }));
}

function pageOf(
  found: readonly TraceSummary[],
  own: readonly TraceSummary[],
  period: Period,
  isLast: boolean,
): TracePage {
  return {
    sightings: own.map((summary): Sighting => ({
      trace: traceId(idOf(summary)),
      at: Math.min(period.to, seenAt(summary, period)),
    })),
    services: found.flatMap(({ ServiceIds = [] }) =>
      ServiceIds.flatMap((node) => (node.Name === undefined || sendsNothing(node) ? [] : [node.Name])),
    ),
    isLast,
  };
}

function idOf({ Id }: TraceSummary): string {
  if (Id === undefined) throw lacking('the Id of a trace');
  return Id;
}

/** The traces that know a service only from its callers, and the others. */
function parted(
  found: readonly TraceSummary[],
  service: string | undefined,
): readonly [called: TraceSummary[], own: TraceSummary[]] {
  const isCalled = (one: TraceSummary): boolean => service !== undefined && isOnlyCalled(service, one);
  return [found.filter(isCalled), found.filter((one) => !isCalled(one))];
}

/** Whether a service has sent a segment of its own in any of some traces: those that X-Ray infers are marked so. */
async function isSender(
  service: string,
  traces: readonly TraceSummary[],
  { request, commands }: XRay,
): Promise<boolean> {
  const TraceIds = traces.slice(0, TRACES_PER_CALL).map(idOf);
  const { Traces } = await request({ action: TRACES }, (client, options) =>
    client.send(new commands.BatchGetTracesCommand({ TraceIds }), options),
  );
  if (!Traces) throw lacking('Traces');
  return Traces.some(({ Segments = [] }) =>
    Segments.some(({ Document = '' }) => isSegmentOf(service, Document)),
  );
}

function isSegmentOf(service: string, document: string): boolean {
  try {
    const segment: unknown = JSON.parse(document);
    if (typeof segment !== 'object' || segment === null || !('name' in segment)) return false;
    return segment.name === service && !('inferred' in segment && segment.inferred === true);
  } catch {
    throw lacking('a segment that can be read');
  }
}

function sendsNothing({ Type = '' }: ServiceId): boolean {
  return SENDS_NOTHING.test(Type);
}

/**
 * Whether a trace knows a service only from those that call it: `service("…")` finds these too, also when the service
 * itself has fallen silent. What a trace begins with is called by nobody, whatever X-Ray takes it for.
 */
function isOnlyCalled(service: string, { ServiceIds = [], EntryPoint }: TraceSummary): boolean {
  if (EntryPoint?.Name === service) return false;
  const nodes = ServiceIds.filter(({ Name, Names = [] }) => Name === service || Names.includes(service));
  return nodes.length > 0 && nodes.every(sendsNothing);
}

/**
 * When the newest of its segments ended: X-Ray is told of one some seconds later, which must not make what an old
 * collector sent look new. What is still under way has no end yet, and was added to within the period.
 */
function seenAt(
  { StartTime, Duration, IsPartial, MatchedEventTime }: TraceSummary,
  { from }: Period,
): number {
  const ended = StartTime && Duration !== undefined ? StartTime.getTime() + Duration * 1000 : undefined;
  if (ended !== undefined && !IsPartial) return ended;
  return MatchedEventTime?.getTime() ?? Math.max(from, ended ?? from);
}

/** As spans write it: X-Ray puts a version and dashes into the 32 digits of W3C. */
function traceId(id: string): string {
  return id.replace(/^1-([0-9a-f]{8})-([0-9a-f]{24})$/, '$1$2');
}
