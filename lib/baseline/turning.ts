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
/** What lived and is gone for longer, so many times as much as is there, is turnover at once. */
const BRIEF_MS = 6 * HOUR_MS;
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

/**
 * Whether values turn over by what they did: most of what is there came later than learning began, and as many as half of
 * it lived for less than a week and are gone for days; or many times as many lived for hours. What was there and is gone,
 * with nothing in its place, is a loss and no turnover.
 */
export function behavesTurning({ tracks, firstAt }: Learned, seen: ReadonlySet<string>, at: number): boolean {
  let [turned, brief, young] = [0, 0, 0];
  for (const [key, track] of tracks) {
    const isYoung = track.firstAt > firstAt + HOUR_MS;
    const [livedMs, goneMs] = [track.lastAt - track.firstAt, at - track.lastAt];
    if (seen.has(key)) young += Number(isYoung);
    else if (livedMs < BRIEF_MS && goneMs > BRIEF_MS) brief += 1;
    if (!seen.has(key) && isYoung && livedMs < WEEK_MS && goneMs > 2 * DAY_MS) turned += 1;
  }
  if (2 * young < seen.size) return false;
  return (
    turned >= Math.max(FEWEST_TURNED, seen.size / 2) || brief >= MANY_DEAD * Math.max(seen.size, GENERATION)
  );
}

/** Whether most of many values were replaced at once by about as many others: another generation of the same. */
export function isGeneration({ tracks }: Learned, seen: ReadonlySet<string>): boolean {
  const usual = [...tracks].filter(([, track]) => rangeOf(track).low > 0);
  const gone = usual.filter(([key]) => !seen.has(key)).length;
  if (gone < GENERATION || gone < 0.8 * usual.length) return false;
  const arrived = [...seen].filter((key) => !tracks.has(key)).length;
  return arrived >= gone / 2 && arrived <= 2 * gone;
}
