import { turnsOver } from '../turnover.ts';
import type { Learned } from './baseline.ts';
import { DAY_MS, HOUR_MS, WEEK_MS } from './time.ts';
import { rangeOf } from './track.ts';

/** Labels that hold a version or a build: an upgrade is no drift. */
const RELEASES: ReadonlySet<string> = new Set([
  'app_kubernetes_io_version',
  'build',
  'build_id',
  'chart',
  'commit',
  'container_image_tag',
  'git_commit',
  'helm_sh_chart',
  'image',
  'image_id',
  'image_tag',
  'release_version',
  'revision',
  'service_version',
  'service.version',
  'sha',
  'tag',
  'taskdefinition',
  'TaskDefinitionRevision',
  'aws_ecs_task_revision',
  'telemetry_sdk_version',
  'version',
]);

const GENERATED = [
  // Hashes, ids and their like; a word without digits is none.
  /(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}/i,
  /\d{8,}/,
  // Names of pods: what Kubernetes appends has no vowels.
  /-[bcdfghjklmnpqrstvwxz2456789]{5}$/,
  // Addresses of machines.
  /\b(?:ip-)?\d{1,3}[.-]\d{1,3}[.-]\d{1,3}[.-]\d{1,3}\b/,
  /^v\d+(?:\.\d+)*$|^v?\d+\.\d+\.\d+/,
];
/** Longer values are not looked at to the end. */
const LOOKED_AT = 256;

/** Generations that came and went before a label counts as turning over. */
const FEWEST_TURNED = 3;
/** So many times what is there, gone, is turnover whenever it went. */
const MANY_DEAD = 3;
/** So many values replaced at once are a generation. */
const GENERATION = 10;

/** Whether a label is compared by name only, going by its name and the look of its values. */
export function looksTurning(label: string, values: Iterable<string>): boolean {
  if (turnsOver(label) || RELEASES.has(label)) return true;
  const all = [...values];
  const generated = all.filter((value) => {
    const text = value.slice(0, LOOKED_AT);
    return GENERATED.some((pattern) => pattern.test(text));
  });
  return generated.length > 0 && generated.length * 2 >= all.length;
}

/** Whether values turn over by what they did: as many as half of what is there came, lived for less than a week and went for days. */
export function behavesTurning({ tracks, firstAt }: Learned, seen: ReadonlySet<string>, at: number): boolean {
  if (tracks.size - seen.size >= MANY_DEAD * Math.max(seen.size, GENERATION)) return true;
  let turned = 0;
  for (const [key, track] of tracks) {
    const isDead = !seen.has(key) && at - track.lastAt > 2 * DAY_MS;
    const isShortLived = track.firstAt > firstAt + HOUR_MS && track.lastAt - track.firstAt < WEEK_MS;
    if (isDead && isShortLived) turned += 1;
  }
  return turned >= Math.max(FEWEST_TURNED, seen.size / 2);
}

/** Whether most of many values were replaced at once by about as many others: another generation of the same. */
export function isGeneration({ tracks }: Learned, seen: ReadonlySet<string>): boolean {
  const usual = [...tracks].filter(([, track]) => rangeOf(track).low > 0);
  const gone = usual.filter(([key]) => !seen.has(key)).length;
  if (gone < GENERATION || gone < 0.8 * usual.length) return false;
  const arrived = [...seen].filter((key) => !tracks.has(key)).length;
  return arrived >= gone / 2 && arrived <= 2 * gone;
}
