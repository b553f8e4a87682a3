import type { Pipeline } from './pipeline.ts';
import type { TargetDescription } from './target.ts';

const HOUR_MS = 3_600_000;
/** How far back any question looks, and a little more. */
const MEMORY_MS = 8 * HOUR_MS;

/** Something that is scraped from `from` on, and is gone later or never. */
export interface Member {
  readonly job: string;
  readonly instance: string;
  readonly from: number;
}

/** The scrape targets of a pipeline, as they come and go. A target that is gone never returns. */
export interface Fleet {
  add(job: string, target: TargetDescription, at: number): Member;
  /** At least a minute after it came. */
  remove(member: Member, at: number, staleMarkers: boolean): void;
  /** Drops the targets that no question can see any more that is asked at `at` or later. */
  forget(at: number): void;
  /** Whether a question that is asked at `at` can still see it. */
  isSeen(labels: ReadonlyMap<string, string>, at: number): boolean;
}

/** The fleet of a pipeline whose description is left as it is. */
export function fleetOf(pipeline: Pipeline): Fleet {
  const lives = new Map<string, Member & { readonly to: number }>();
  const keyOf = (job: string | undefined, instance: string | undefined): string => `${job} ${instance}`;
  return {
    add: (job, target, at) => {
      pipeline.addTarget(job, target, at);
      lives.set(keyOf(job, target.instance), { job, instance: target.instance, from: at, to: Infinity });
      return { job, instance: target.instance, from: at };
    },
    remove: ({ job, instance, from }, at, staleMarkers) => {
      const gone = Math.max(at, from + 60_000);
      pipeline.stopTarget(job, instance, gone, { staleMarkers });
      lives.set(keyOf(job, instance), { job, instance, from, to: gone });
    },
    forget: (at) => {
      for (const [key, { job, instance, to }] of lives) {
        if (to >= at - MEMORY_MS) continue;
        pipeline.dropTarget(job, instance);
        lives.delete(key);
      }
    },
    isSeen: (labels, at) => {
      const life = lives.get(keyOf(labels.get('job'), labels.get('instance')));
      return !life || (life.from <= at && life.to >= at - MEMORY_MS);
    },
  };
}
