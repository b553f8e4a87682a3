import { isObject } from '../events.ts';

/** The document with the stack's interval for every cluster that says none. What is no document is left to the schema. */
export function withDefaultEvery(document: unknown, every: string | undefined): unknown {
  if (!every || !isObject(document) || !Array.isArray(document['clusters'])) return document;
  const clusters = document['clusters'].map((cluster: unknown) =>
    isObject(cluster) && !('every' in cluster) ? { ...cluster, every } : cluster,
  );
  return { ...document, clusters };
}
