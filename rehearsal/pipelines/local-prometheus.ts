import { CRASHED, type Estate, type EstateOptions, GONE } from '../estate.ts';
import { startPipeline } from '../pipeline.ts';
import type { World } from '../world.ts';

/** A Prometheus server that scrapes itself and another target. */
export function startLocalPrometheus(world: World, { since }: EstateOptions): Estate {
  const job = { name: 'prometheus', scrapeInterval: 15, targets: [{ instance: 'localhost:9090' }] };
  const pipeline = startPipeline({ jobs: [job, { ...job, name: 'node' }] }, since);
  world.scraped.push(pipeline);
  const stop = (at: number): void => pipeline.stopCollector(at, CRASHED);
  const restart: Estate['restart'] = (at, gapMs) => {
    stop(at);
    pipeline.startCollector(at + Math.max(0, gapMs));
  };
  return {
    rollOut: restart,
    restart,
    outage: { begin: stop, end: (at) => pipeline.startCollector(at) },
    breaks: {
      'scrapes stopped': stop,
      'job gone, another well': (at) => pipeline.stopJob('prometheus', at, GONE),
    },
  };
}
