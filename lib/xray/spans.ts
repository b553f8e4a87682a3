import type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { awsFailure } from '../aws/failure.ts';
import { type AwsService, awsService } from '../aws/service.ts';
import type { Signal } from '../signal.ts';
import type { SourcePorts } from '../sources/source.ts';
import { lacking, type TracePage, type TracePlace } from './place.ts';
import { spanPattern } from './text.ts';

/** Where Transaction Search keeps every span. */
export const SPANS_GROUP = 'aws/spans';

/** One span proves life; others are of traces that are counted, which have several spans each. */
const FEW_EVENTS = 10;
const MANY_EVENTS = 1000;

interface Logs extends AwsService<CloudWatchLogsClient> {
  readonly commands: Pick<typeof import('../aws/logs.ts'), 'FilterLogEventsCommand'>;
}

/** The spans that CloudWatch Logs keeps, where Transaction Search is on. */
export function spans(signal: Signal, ports: SourcePorts): TracePlace {
  let opened: Promise<Logs> | undefined;
  let as = '';
  return {
    failure: (error, service) => {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') {
        const detail = `there is no log group ${SPANS_GROUP}, although traces go to CloudWatch Logs (Transaction Search)`;
        return { kind: 'absent', subject: `log group ${SPANS_GROUP}`, detail };
      }
      const what = service === undefined ? SPANS_GROUP : `${SPANS_GROUP} for ${service}`;
      return awsFailure(error, `logs:FilterLogEvents on ${what}, as ${as}`);
    },
    async *pages(service, { from, to }, enough) {
      const { request, commands, as: identity } = await (opened ??= openLogs(signal, ports));
      as = identity;
      const isExact = service?.includes('*') === false;
      let token: string | undefined;
      do {
        const command = new commands.FilterLogEventsCommand({
          logGroupName: SPANS_GROUP,
          filterPattern: spanPattern(service),
          startTime: from,
          endTime: to,
          startFromHead: false,
          limit: isExact && enough === 1 ? FEW_EVENTS : MANY_EVENTS,
          ...(token === undefined ? {} : { nextToken: token }),
        });
        const answer = await request({ action: 'logs:FilterLogEvents' }, (client, options) =>
          client.send(command, options),
        );
        if (!answer.events) throw lacking('events');
        token = answer.nextToken || undefined;
        yield pageOf(answer.events, service, token === undefined);
      } while (token !== undefined);
    },
  };
}

async function openLogs(signal: Signal, ports: SourcePorts): Promise<Logs> {
  const { CloudWatchLogsClient, ...commands } = await import('../aws/logs.ts');
  return { ...awsService(CloudWatchLogsClient, signal, ports), commands };
}

function pageOf(
  events: readonly FilteredLogEvent[],
  service: string | undefined,
  isLast: boolean,
): TracePage {
  const found = events.map((event) => {
    if (event.timestamp === undefined) throw lacking('the timestamp of an event');
    return { ...spanOf(event.message), at: event.timestamp };
  });
  return {
    sightings: found.flatMap(({ trace, service: of, at }) =>
      trace !== undefined && (service === undefined || of === service) ? [{ trace, at }] : [],
    ),
    services: found.flatMap(({ service: of }) => of ?? []),
    isLast,
  };
}

/** The trace and the service of a span, as far as it tells them. */
function spanOf(message = ''): { readonly trace?: string; readonly service?: string } {
  const span = parsed(message);
  const trace = at(span, 'traceId');
  const service = at(at(at(span, 'resource'), 'attributes'), 'service.name');
  return {
    ...(typeof trace === 'string' ? { trace } : {}),
    ...(typeof service === 'string' ? { service } : {}),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
