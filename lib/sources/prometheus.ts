import type { Signal } from '../signal.ts';
import { queryUrl } from '../promql/query-url.ts';
import { promqlSource } from './promql.ts';
import type { Source, SourcePorts } from './source.ts';

/** Any Prometheus-compatible server by its base URL, unsigned: for local stacks. */
export function prometheus(signal: Signal, ports: SourcePorts): Source {
  const endpoint = {
    action: 'prometheus:query',
    url: queryUrl(signal.address),
    place: signal.address,
    parameters: (timeout: string) => ({ timeout }),
    sign: undefined,
    throttlesWith422: false,
    explainDenied: undefined,
  };
  return promqlSource(async () => endpoint, ports);
}
