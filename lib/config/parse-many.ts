import { isObject } from '../events.ts';
import { type Config, configSchema } from './schema.ts';
import { signalSettings } from './signal-schema.ts';

/** More kinds of signals than this no configuration has; it bounds what is kept for one that was made to. */
const MOST_KINDS = 200;

type SignalSchema = typeof signalSettings;

/**
 * The configuration, or undefined where the schema refuses anything of it: then the schema tells what. The same as
 * `configSchema`, for tens of thousands of signals: a signal may have more than fifty keys and has about eight, so each is
 * judged by a schema of those that signals with the same keys have. That takes half of the time.
 */
export function parseMany(document: unknown): Config | undefined {
  if (!isObject(document) || !Array.isArray(document['clusters'])) return undefined;
  const documents: readonly unknown[] = document['clusters'];
  // The schema of a cluster wants a signal.
  const parsed = configSchema.safeParse({ ...document, clusters: documents.map(withFirstSignal) });
  if (!parsed.success) return undefined;
  const kinds = new Map<string, SignalSchema>();
  for (const [index, cluster] of parsed.data.clusters.entries()) {
    for (const signal of signalsOf(documents[index]).slice(1)) {
      const judged = kindOf(signal, kinds).safeParse(signal);
      if (!judged.success) return undefined;
      cluster.signals.push(judged.data);
    }
  }
  return parsed.data;
}

function signalsOf(cluster: unknown): readonly unknown[] {
  return isObject(cluster) && Array.isArray(cluster['signals']) ? cluster['signals'] : [];
}

function withFirstSignal(cluster: unknown): unknown {
  const signals = signalsOf(cluster);
  return isObject(cluster) && signals.length > 1 ? { ...cluster, signals: signals.slice(0, 1) } : cluster;
}

function kindOf(signal: unknown, kinds: Map<string, SignalSchema>): SignalSchema {
  if (!isObject(signal)) return signalSettings;
  const key = JSON.stringify(Object.keys(signal));
  const known = kinds.get(key);
  if (known || kinds.size >= MOST_KINDS) return known ?? signalSettings;
  // What is absent and has no default is left as it is.
  const isNeeded = ([name, { _zod }]: readonly [string, { readonly _zod: { readonly optin?: unknown } }]) =>
    Object.hasOwn(signal, name) || _zod.optin !== 'optional';
  const { def } = signalSettings._zod;
  // Of a shape in which all else is optional, what it makes has the same type.
  const shape = Object.fromEntries(Object.entries(def.shape).filter(isNeeded)) as typeof def.shape;
  const kind = signalSettings.clone({ ...def, shape });
  kinds.set(key, kind);
  return kind;
}
