import { formatDuration } from '../duration.ts';
import type { Fault, Path } from './problems.ts';

interface Repeated {
  /** Milliseconds. */
  readonly every?: number | undefined;
}

/** A signal is judged when its cluster is verified: its own interval must be a multiple of that. `path` is the signal's. */
export function everyFaults(signal: Repeated, cluster: Repeated, path: Path): Fault[] {
  if (signal.every === undefined || cluster.every === undefined || signal.every % cluster.every === 0)
    return [];
  const base = formatDuration(cluster.every);
  const says = `is no multiple of the cluster's ${base}; write ${base}, or two, three or more times that`;
  return [{ path: [...path, 'every'], on: 'value', level: 'error', says }];
}
