import { createTimeline } from './timeline.ts';
import type { StaleMarkers, Timeline } from './timeline.ts';
import { createTarget } from './target.ts';
import type { Target, TargetDescription } from './target.ts';
import type { Storage } from './storage.ts';

export interface JobDescription {
  readonly name: string;
  /** Seconds. */
  readonly scrapeInterval: number;
  readonly targets: readonly TargetDescription[];
}

export interface PipelineDescription {
  readonly jobs: readonly JobDescription[];
}

/**
 * A collector that scrapes and remote-writes, as the series that arrive.
 * Samples are computed when read: the same description and the same events give the same samples, always.
 * All times are milliseconds since the epoch and may lie in the past or in the future. A stop without stale markers
 * is what a crash looks like; with them, what a removed target looks like. Unknown jobs and targets throw RangeError.
 */
export interface Pipeline extends Storage {
  stopCollector(at: number, how: StaleMarkers): void;
  startCollector(at: number): void;
  stopJob(job: string, at: number, how: StaleMarkers): void;
  startJob(job: string, at: number): void;
  stopTarget(job: string, instance: string, at: number, how: StaleMarkers): void;
  startTarget(job: string, instance: string, at: number): void;
  /** A target that is discovered at `at`, such as the pod of a rollout. */
  addTarget(job: string, target: TargetDescription, at: number): void;
  /** All that was ever scraped of a target is gone, as after its retention. */
  dropTarget(job: string, instance: string): void;
  /** From `at` on nothing arrives, stale markers included. */
  denyRemoteWrite(at: number): void;
  allowRemoteWrite(at: number): void;
}

interface Job {
  readonly interval: number;
  readonly running: Timeline;
  readonly targets: Map<string, { readonly target: Target; readonly running: Timeline }>;
}

/** The pipeline of `description`, scraping since `since` (ms). Throws RangeError where two targets are the same. */
export function startPipeline(description: PipelineDescription, since: number): Pipeline {
  const collector = createTimeline(since);
  const remoteWrite = createTimeline(since);
  const jobs = new Map<string, Job>();

  function addTarget(name: string, described: TargetDescription, at: number): void {
    const job = jobNamed(name);
    const { instance } = described;
    if (job.targets.has(instance)) throw new RangeError(`job ${name} already has the target ${instance}`);
    const running = createTimeline(at);
    const scraped = [collector, job.running, running];
    const target = createTarget(name, described, job.interval, { scraped, remoteWrite });
    job.targets.set(instance, { target, running });
  }

  function jobNamed(name: string): Job {
    const job = jobs.get(name);
    if (!job) throw new RangeError(`no job ${name}; there are ${[...jobs.keys()].join(', ')}`);
    return job;
  }

  function targetNamed(job: string, instance: string): Timeline {
    const found = jobNamed(job).targets.get(instance);
    if (!found) throw new RangeError(`job ${job} has no target ${instance}`);
    return found.running;
  }

  for (const { name, scrapeInterval, targets } of description.jobs) {
    jobs.set(name, { interval: scrapeInterval * 1000, running: createTimeline(since), targets: new Map() });
    for (const target of targets) addTarget(name, target, since);
  }

  return {
    get series() {
      return [...jobs.values()].flatMap((job) =>
        [...job.targets.values()].flatMap(({ target }) => target.series),
      );
    },
    stopCollector: (at, how) => collector.stop(at, how),
    startCollector: (at) => collector.start(at),
    stopJob: (job, at, how) => jobNamed(job).running.stop(at, how),
    startJob: (job, at) => jobNamed(job).running.start(at),
    stopTarget: (job, instance, at, how) => targetNamed(job, instance).stop(at, how),
    startTarget: (job, instance, at) => targetNamed(job, instance).start(at),
    addTarget,
    dropTarget: (job, instance) => void jobNamed(job).targets.delete(instance),
    denyRemoteWrite: (at) => remoteWrite.stop(at, { staleMarkers: false }),
    allowRemoteWrite: (at) => remoteWrite.start(at),
  };
}
