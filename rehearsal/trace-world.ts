/** A service and when it sends traces. Times are milliseconds since the epoch. */
export interface SimulatedService {
  readonly name: string;
  /** What X-Ray takes it for: by default a container of EKS. */
  readonly type?: string;
  readonly everyMs: number;
  /** The first trace begins here; by default there always were some. */
  readonly from?: number;
  /** No trace begins here or later. */
  readonly until?: number;
  /** From the beginning of a trace to the end of its last segment. */
  readonly lastsMs?: number;
  /** From that end until it can be seen. */
  readonly delayMs?: number;
  /** What it calls: nodes that X-Ray draws too. */
  readonly calls?: readonly {
    readonly name: string;
    readonly type: string;
    /** It sends segments of its own, whatever X-Ray takes it for. */
    readonly isSender?: boolean;
  }[];
}

/** The traces of an account; may be changed while servers show it. */
export interface TraceWorld {
  services: readonly SimulatedService[];
  destination: 'XRay' | 'CloudWatchLogs';
  status?: 'ACTIVE' | 'PENDING';
  /** Since when the destination holds: what was seen earlier is in the other place. By default always. */
  movedAt?: number;
  /** Whether the log group of spans exists; by default where it is the destination. */
  hasSpansGroup?: boolean;
  /** Of how many traces one is indexed with Transaction Search. */
  indexedOneOf?: number;
}

export interface SimulatedTrace {
  /** Of its service among those of the world, and its own among those of the service. */
  readonly index: number;
  readonly number: number;
  readonly service: SimulatedService;
  readonly startedAt: number;
  readonly endedAt: number;
  /** When it was added to what can be seen. */
  readonly seenAt: number;
  readonly keptBy: 'XRay' | 'CloudWatchLogs';
  /** Whether X-Ray lists it among its summaries. */
  readonly isIndexed: boolean;
}

/** The traces that could first be seen in a period (both ends inclusive, milliseconds since the epoch), the newest first. */
export function tracesIn(world: TraceWorld, from: number, to: number): readonly SimulatedTrace[] {
  return world.services
    .flatMap((service, index) => tracesOf(world, service, index, from, to))
    .toSorted((a, b) => b.seenAt - a.seenAt || (idOf(a) < idOf(b) ? 1 : -1));
}

/** 32 hexadecimal digits. */
export function idOf({ startedAt, index, number }: SimulatedTrace): string {
  return hex(Math.floor(startedAt / 1000), 8) + hex(index, 8) + hex(number, 16);
}

function tracesOf(
  { destination, movedAt = Number.NEGATIVE_INFINITY, indexedOneOf = 100 }: TraceWorld,
  service: SimulatedService,
  index: number,
  from: number,
  to: number,
): readonly SimulatedTrace[] {
  const {
    everyMs,
    lastsMs = 200,
    delayMs = 2000,
    from: born = 0,
    until = Number.POSITIVE_INFINITY,
  } = service;
  const lateMs = lastsMs + delayMs;
  const other = destination === 'XRay' ? 'CloudWatchLogs' : 'XRay';
  const traces: SimulatedTrace[] = [];
  const first = Math.max(0, Math.ceil((from - lateMs - born) / everyMs));
  for (let number = first; ; number += 1) {
    const startedAt = born + number * everyMs;
    const seenAt = startedAt + lateMs;
    if (seenAt > to || startedAt >= until) return traces;
    const keptBy = seenAt >= movedAt ? destination : other;
    traces.push({
      index,
      number,
      service,
      startedAt,
      endedAt: startedAt + lastsMs,
      seenAt,
      keptBy,
      isIndexed: keptBy === 'XRay' || number % indexedOneOf === 0,
    });
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').slice(-digits);
}
