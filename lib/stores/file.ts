import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import * as z from 'zod/mini';
import { HISTORY_MS } from '../history.ts';
import { type ClusterMemory, NOTHING } from '../incidents/memory.ts';
import { standingOf, UNKNOWN_STANDING } from '../incidents/standing.ts';
import { decodeJson, jsonText, unreadable } from './codec.ts';
import { fileBaselines } from './file-baselines.ts';
import { type Commit, underClaim } from './file-claim.ts';
import { readContent } from './file-content.ts';
import { fileDispatch } from './file-dispatch.ts';
import { fileNameOf, nameOfFile } from './file-names.ts';
import { appendRun, pruneRuns, readRuns } from './file-runs.ts';
import { readTold, replaceTold } from './file-told.ts';
import { ifThere, onFiles } from './file-trouble.ts';
import { notOver, orTrouble, refuseAnother } from './once.ts';
import { type RuntimeMute, type Store, StoreError, type Stored, type StorePorts } from './store.ts';
import { FORMAT, memoryWire, muteWire, wireOf } from './wire.ts';

const SUFFIX = '.json';
const DAY_MS = 24 * 3_600_000;

/** A cluster's file; its memory is null where it was forgotten. */
const clusterWire = wireOf(
  z.strictObject({
    format: z.int(),
    cluster: z.string(),
    version: z.int().check(z.minimum(0)),
    memory: z.unknown(),
  }),
);
const mutesWire = wireOf(z.strictObject({ format: z.int(), mutes: z.array(z.unknown()) }));

/**
 * What is remembered, as files in a directory, for one machine. Files are replaced as a whole, under a claim that
 * outlives no crash (`file-claim.ts`); nothing is locked for reading. The directory is made by the first write.
 */
export function fileStore(path: string, ports: Pick<StorePorts, 'clock'>): Store {
  const clusters = join(path, 'clusters');
  const mutes = join(path, 'mutes.json');
  const fileOf = (cluster: string): string => join(clusters, `${fileNameOf(cluster)}${SUFFIX}`);
  const told = join(path, 'compared.json');
  const runs = join(path, 'runs');
  const runsOf = (cluster: string): string => join(runs, fileNameOf(cluster));
  const baselines = fileBaselines(join(path, 'baselines'));
  /** The day on which runs that are over were removed: once is enough for all clusters. */
  let prunedOn: number | undefined;

  const inTurn = pLimit(1);
  const change = <T>(work: (commit: Commit) => Promise<T>): Promise<T> =>
    onFiles(path, () => inTurn(() => underClaim(join(path, 'claims'), ports.clock, work)));

  const replace = async (
    cluster: string,
    memory: ClusterMemory | undefined,
    version: number,
  ): Promise<boolean> => {
    const file = fileOf(cluster);
    const body = memory ? jsonText(memoryWire, memory, file) : 'null';
    const next = memory ? version + 1 : 0;
    const text = `{"format":${FORMAT},"version":${next},"cluster":${JSON.stringify(cluster)},"memory":${body}}\n`;
    return change(async (commit) => {
      if ((await readCluster(file, cluster)).version !== version) return false;
      await commit(file, text);
      return true;
    });
  };

  const changeMutes = <T>(decide: (mutes: readonly RuntimeMute[]) => [readonly RuntimeMute[], T]) =>
    change(async (commit) => {
      const before = await readMutes(mutes);
      const [after, result] = decide(before);
      const kept = notOver(after, ports.clock.now()).map((mute) => jsonText(muteWire, mute, mutes));
      if (after !== before) await commit(mutes, `{"format":${FORMAT},"mutes":[${kept.join(',\n')}]}\n`);
      return result;
    });

  const rememberedNames = async (): Promise<readonly string[]> => {
    const files = ((await ifThere(readdir(clusters))) ?? []).filter((name) => name.endsWith(SUFFIX));
    const names = await Promise.all(files.map((name) => rememberedIn(clusters, name)));
    return names.filter((name) => name !== undefined);
  };

  return {
    read: (cluster) => onFiles(path, () => readCluster(fileOf(cluster), cluster)),
    readAll: () =>
      onFiles(path, async () => {
        const memoryOf = async (name: string) => (await readCluster(fileOf(name), name)).memory;
        const readOne = async (name: string) => [name, await orTrouble(() => memoryOf(name))] as const;
        return new Map(await Promise.all((await rememberedNames()).map(readOne)));
      }),
    write: replace,
    forget: (cluster, version) => replace(cluster, undefined, version),
    clusters: () => onFiles(path, rememberedNames),

    baselines: (cluster) => onFiles(path, () => baselines.read(cluster)),
    writeBaseline: (cluster, signal, baseline, version) =>
      change((commit) => baselines.replace({ cluster, signal }, { baseline, version }, commit)),
    forgetBaseline: async (cluster, signal) => {
      await change((commit) => baselines.replace({ cluster, signal }, undefined, commit));
    },

    standings: () =>
      onFiles(path, async () => {
        const standing = async (name: string) => {
          const memory = await orTrouble(async () => (await readCluster(fileOf(name), name)).memory);
          return [name, memory instanceof StoreError ? UNKNOWN_STANDING : standingOf(memory)] as const;
        };
        return new Map(await Promise.all((await rememberedNames()).map(standing)));
      }),
    ...fileDispatch(path, ports.clock, change),

    mutes: (now) => onFiles(path, async () => notOver(await readMutes(mutes), now)),
    addMute: (mute) =>
      changeMutes((all) => {
        const stored = all.find(({ id }) => id === mute.id);
        refuseAnother(mute, stored);
        return [stored ? all : [...all, mute], undefined];
      }),
    endMute: (id) =>
      changeMutes((all) => {
        const ended = all.find((mute) => mute.id === id);
        const wasOn = ended !== undefined && ended.until > ports.clock.now();
        return [ended ? all.filter((mute) => mute !== ended) : all, wasOn];
      }),

    addRun: (run) =>
      onFiles(path, async () => {
        const isNewDay = await appendRun(runsOf(run.cluster), run);
        const now = ports.clock.now();
        const today = Math.floor(now / DAY_MS);
        if (!isNewDay || prunedOn === today) return;
        prunedOn = today;
        await pruneRuns(runs, now);
      }),
    runs: (cluster, from, now) =>
      onFiles(path, () => readRuns(runsOf(cluster), Math.max(from, now - HISTORY_MS))),

    told: () => onFiles(path, () => readTold(told)),
    writeTold: (keys, version) => change((commit) => replaceTold(told, keys, version, commit)),

    close: () => {},
  };
}

async function readCluster(file: string, cluster: string): Promise<Stored> {
  const content = await readContent(file, clusterWire);
  if (!content || content.memory === null) return { memory: NOTHING, version: 0 };
  if (content.cluster !== cluster) throw unreadable(file, 'it is the memory of another cluster');
  return {
    memory: decodeJson(memoryWire, content.format, content.memory, file),
    version: content.version,
  };
}

/** The cluster that a file is about; undefined where it was forgotten. What cannot be read is still remembered. */
async function rememberedIn(directory: string, fileName: string): Promise<string | undefined> {
  try {
    const content = await readContent(join(directory, fileName), clusterWire);
    return content && content.memory !== null ? content.cluster : undefined;
  } catch (error) {
    const name = nameOfFile(fileName.slice(0, -SUFFIX.length));
    if (name === undefined) throw error;
    return name;
  }
}

async function readMutes(file: string): Promise<readonly RuntimeMute[]> {
  const content = await readContent(file, mutesWire);
  return content?.mutes.map((json) => decodeJson(muteWire, content.format, json, file)) ?? [];
}
