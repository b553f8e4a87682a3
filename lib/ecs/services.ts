import type { Failure, Service, ServiceEvent } from '@aws-sdk/client-ecs';
import { chunked } from '../chunked.ts';
import { type Evidence, found as foundAt, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { Condition } from '../question.ts';
import { type Ecs, nameIn, noService, partsOf, refused } from './client.ts';
import type { EcsService } from './questions.ts';
import { conditionOf, sinceSteady } from './rollout.ts';

/** What one DescribeServices takes. */
const MOST_SERVICES = 10;

export interface Described {
  readonly condition: Condition;
  readonly service: EcsService;
}

/** What DescribeServices tells of each `CLUSTER/SERVICE`, ten of a cluster in one request. */
export async function describeServices(
  ecs: Ecs,
  places: readonly string[],
): Promise<Map<string, Evidence<Described>>> {
  const clusters = Map.groupBy(places, (place) => partsOf(place).cluster);
  const batches = [...clusters.values()].flatMap((inside) => chunked(inside, MOST_SERVICES));
  const answers = await Promise.all(batches.map((batch) => describeBatch(ecs, batch)));
  return new Map(answers.flat());
}

/** Permissions may hold for some services only, and are refused for the batch: then each is asked alone. */
async function describeBatch(
  ecs: Ecs,
  places: readonly string[],
): Promise<readonly (readonly [string, Evidence<Described>])[]> {
  const { commands, request } = ecs;
  const { cluster } = partsOf(places[0] ?? '');
  const services = places.map((place) => partsOf(place).service);
  try {
    const answer = await request({ action: 'ecs:DescribeServices' }, (client, options) =>
      client.send(new commands.DescribeServicesCommand({ cluster, services }), options),
    );
    const at = ecs.now();
    return places.map((place) => [place, described(place, answer.services ?? [], answer.failures ?? [], at)]);
  } catch (error) {
    const refusals = places.map((place) => [place, refused(error, 'DescribeServices', place, ecs)] as const);
    const isDenied = refusals.every(([, one]) => one.kind === 'unavailable' && one.reason === 'denied');
    if (places.length === 1 || !isDenied) return refusals;
    return (await Promise.all(places.map((place) => describeBatch(ecs, [place])))).flat();
  }
}

function described(
  place: string,
  services: readonly Service[],
  failures: readonly Failure[],
  at: number,
): Evidence<Described> {
  const { service: name } = partsOf(place);
  const found = services.find(({ serviceName }) => serviceName === name);
  if (!found) {
    const failure = failures.find(({ arn }) => arn !== undefined && nameIn(arn) === name);
    if (failure?.reason === 'MISSING') return noService(place);
    if (!failure) {
      return unavailable('invalid-response', `DescribeServices answered nothing about ${place}`);
    }
    const said = [failure.reason, failure.detail].filter((part) => part !== undefined).join(': ');
    return unavailable('rejected', `ecs:DescribeServices on ${place}: ${printable(said)}`);
  }
  const { status, desiredCount, runningCount } = found;
  if (status === 'INACTIVE') return noService(place, 'the service is INACTIVE: it was deleted');
  if (status === undefined || desiredCount === undefined || runningCount === undefined) {
    return unavailable('invalid-response', 'DescribeServices answered without a status or counts');
  }
  const { steadyAt, events } = sinceSteady(found);
  const service: EcsService = {
    desired: desiredCount,
    running: runningCount,
    isDaemon: found.schedulingStrategy === 'DAEMON',
    revision: found.taskDefinition === undefined ? undefined : nameIn(found.taskDefinition),
    steadyAt,
    events: events.map(told),
  };
  const value = { condition: conditionOf(found, status, at), service };
  return foundAt(value, at);
}

function told({ createdAt, message = '' }: ServiceEvent): EcsService['events'][number] {
  const says = message.replace(/^\(?service \S+ /, '').replace(/ For more information, see .*$/s, '');
  return { at: createdAt?.getTime() ?? 0, says: printable(says.replace(/\.$/, ''), 200) };
}
