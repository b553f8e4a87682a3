import type { Signal } from '../signal.ts';
import { apiUrl, queryUrl } from '../promql/query-url.ts';
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
    explainDenied: undefined,
    write: {
      action: 'prometheus:write',
      url: apiUrl(signal.address, 'write'),
      place: signal.address,
      sign: undefined,
      explainDenied: undefined,
      notThere:
        'is the base URL right? If it is, start Prometheus with --web.enable-remote-write-receiver, or remove the probe',
    },
  };
  return promqlSource(async () => endpoint, ports);
}
