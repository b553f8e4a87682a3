import { ApiError, type Input } from './aws-api.ts';
import { tracesIn, type TraceWorld } from './trace-world.ts';

const LONGEST_RANGE_MS = 6 * 3_600_000;

/** Answers GetServiceGraph: a node for each service, one for each that calls it and each that it calls. */
export function serviceGraph(input: Input, world: TraceWorld, pageSize: number, now: number): object {
  const from = seconds(input, 'StartTime');
  const to = seconds(input, 'EndTime');
  if (to - from > LONGEST_RANGE_MS) throw invalid('Time range cannot be longer than 6 hours');
  const traces = tracesIn(world, from, Math.min(to, now)).filter(
    ({ isIndexed, startedAt }) => isIndexed && startedAt >= from && startedAt <= to,
  );
  const nodes = new Map<string, { readonly Name: string; readonly Type: string }>();
  for (const { service } of traces) {
    const { name, type = 'AWS::EKS::Container', calls = [] } = service;
    for (const node of [{ name, type: 'client' }, { name, type }, ...calls]) {
      nodes.set(`${node.name} ${node.type}`, { Name: node.name, Type: node.type });
    }
  }
  const start = Number(input['NextToken'] ?? 0);
  const all = [...nodes.values()];
  const Services = all.slice(start, start + pageSize).map((node, at) => ({
    ReferenceId: start + at,
    ...node,
    Names: [node.Name],
    State: 'active',
    Edges: [],
  }));
  const next = start + pageSize < all.length ? { NextToken: String(start + pageSize) } : {};
  return { StartTime: from / 1000, EndTime: to / 1000, Services, ContainsOldGroupVersions: false, ...next };
}

/** A time of a request, in milliseconds since the epoch. */
export function seconds(input: Input, key: string): number {
  const value = input[key];
  if (typeof value !== 'number') throw invalid(`${key} is required`);
  return value * 1000;
}

export function invalid(message: string): ApiError {
  return new ApiError('InvalidRequestException', message);
}
