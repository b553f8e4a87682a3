import type { Signal } from '../signal.ts';
import { apiUrl, queryUrl } from '../promql/query-url.ts';
import { promqlSource } from './promql.ts';
import type { Source, SourcePorts } from './source.ts';

/** Any Prometheus-compatible server by its base URL, unsigned: for local stacks. */
export function prometheus(signal: Signal, ports: SourcePorts): Source {
  const server = { place: signal.address, sign: undefined, explainDenied: undefined };
  const endpoint = {
    ...server,
    action: 'prometheus:query',
    url: queryUrl(signal.address),
    parameters: (timeout: string) => ({ timeout }),
    labels: { ...server, action: 'prometheus:labels', url: apiUrl(signal.address, 'labels') },
    write: {
      ...server,
      action: 'prometheus:write',
      url: apiUrl(signal.address, 'write'),
      notThere:
        'is the base URL right? If it is, start Prometheus with --web.enable-remote-write-receiver, or remove the probe',
    },
  };
  return promqlSource(async () => endpoint, ports);
}
