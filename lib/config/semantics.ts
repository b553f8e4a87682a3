import { formatDuration } from '../duration.ts';
import { contradictions } from './contradictions.ts';
import type { DraftCluster, DraftConfig, DraftSignal } from './draft.ts';
import { type Fault, type Path, suggestion, valueAt } from './problems.ts';
import type { Regexes } from './regexes.ts';

/**
 * What is wrong between the parts of a configuration, judged on whatever of it is valid.
 * `written` is the document as the file has it, for the names in messages.
 */
export function semanticFaults(draft: DraftConfig, written: unknown, regexes: Regexes): Fault[] {
  const clusters = draft.clusters ?? [];
  return [
    ...repeated(clusters, ['clusters'], 'cluster'),
    ...clusters.flatMap((cluster, index) =>
      cluster ? clusterFaults(cluster, ['clusters', index], written, regexes) : [],
    ),
  ];
}

function clusterFaults(cluster: DraftCluster, path: Path, written: unknown, regexes: Regexes): Fault[] {
  const signals = cluster.signals ?? [];
  const faults = repeated(signals, [...path, 'signals'], 'signal');
  if (signals.length > 0 && signals.every((signal) => signal?.off === true)) {
    const says =
      'are all switched off, so that nothing is verified; remove off: true from one, or the cluster';
    faults.push({ path: [...path, 'signals'], on: 'value', level: 'warning', says });
  }
  for (const [index, signal] of signals.entries()) {
    if (!signal) continue;
    const at = [...path, 'signals', index];
    for (const fault of contradictions(signal, regexes)) faults.push(inside(at, fault));
    faults.push(...whenFaults(signal, cluster, written, at), ...everyFaults(signal, cluster, at));
  }
  return faults;
}

function inside(path: Path, fault: Fault): Fault {
  return { ...fault, path: [...path, ...fault.path] };
}

/** The second and any further use of a name. */
function repeated(
  items: readonly ({ readonly name?: string | undefined } | undefined)[],
  path: Path,
  what: string,
): Fault[] {
  const first = new Map<string, number>();
  return items.flatMap((item, index): Fault[] => {
    if (item?.name === undefined) return [];
    const earlier = first.get(item.name);
    first.set(item.name, earlier ?? index);
    if (earlier === undefined) return [];
    const says = `is already the name of another ${what}; give each its own`;
    return [
      {
        path: [...path, index, 'name'],
        on: 'value',
        level: 'error',
        says,
        other: [...path, earlier, 'name'],
      },
    ];
  });
}

function whenFaults(signal: DraftSignal, cluster: DraftCluster, written: unknown, path: Path): Fault[] {
  const gate = signal.when?.signal;
  if (gate === undefined) return [];
  const fault = (says: string): Fault[] => [
    { path: [...path, 'when', 'signal'], on: 'value', level: 'error', says },
  ];
  if (gate === signal.name) return fault('is the signal itself; name another signal of the cluster');
  const gates = (cluster.signals ?? []).filter((other) => other?.name === gate);
  if (gates.length > 0) {
    return gates.every((other) => other?.off === true)
      ? fault('is switched off; name another signal, or remove its off: true')
      : [];
  }
  // A name that could not be read may be the one.
  if ((cluster.signals ?? []).some((other) => other?.name === undefined)) return [];
  const siblings = valueAt(written, path.slice(0, -1));
  const names = Array.isArray(siblings) ? siblings.map((_, index) => valueAt(siblings, [index, 'name'])) : [];
  const known = names.filter((name, index) => typeof name === 'string' && index !== path.at(-1)) as string[];
  const asked = valueAt(written, [...path, 'when', 'signal']);
  return fault(
    `names no signal of this cluster; ${suggestion(typeof asked === 'string' ? asked : '', known)}`,
  );
}

function everyFaults(signal: DraftSignal, cluster: DraftCluster, path: Path): Fault[] {
  if (signal.every === undefined || cluster.every === undefined || signal.every % cluster.every === 0)
    return [];
  const base = formatDuration(cluster.every);
  const says = `is no multiple of the cluster's ${base}; write ${base}, or two, three or more times that`;
  return [{ path: [...path, 'every'], on: 'value', level: 'error', says }];
}
