import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Clock } from '../clock.ts';
import { HELD_MS, type HeldKey, type HeldRun } from '../dispatch/held.ts';
import { decodeJson, jsonText } from './codec.ts';
import type { Commit } from './file-claim.ts';
import { readContent } from './file-content.ts';
import { fileNameOf } from './file-names.ts';
import { onFiles } from './file-trouble.ts';
import { readableOf } from './once.ts';
import type { Store } from './store.ts';
import { FORMAT, heldWire, keptWire, wireOf } from './wire.ts';

type Dispatch = Pick<Store, 'hold' | 'held' | 'release' | 'keepConfig' | 'keptConfig'>;
type Change = <T>(work: (commit: Commit) => Promise<T>) => Promise<T>;

const heldFileWire = wireOf(z.strictObject({ format: z.int(), held: z.array(z.unknown()) }));
const keptFileWire = wireOf(z.strictObject({ format: z.int(), kept: z.unknown() }));

/** What `dispatch` needs, in `held.json` and a file for each place of a configuration. */
export function fileDispatch(path: string, clock: Pick<Clock, 'now'>, change: Change): Dispatch {
  const file = join(path, 'held.json');
  const configOf = (place: string): string => join(path, 'configs', `${fileNameOf(place)}.json`);
  const changeHeld = (decide: (held: readonly HeldRun[]) => readonly HeldRun[]) =>
    change(async (commit) => {
      const after = notLong(decide(await readHeld(file)), clock.now());
      const kept = after.map((run) => jsonText(heldWire, run, file));
      await commit(file, `{"format":${FORMAT},"held":[${kept.join(',\n')}]}\n`);
    });
  return {
    hold: (run) => changeHeld((all) => [...all.filter((one) => !isSameRun(one, run)), run]),
    held: (now) =>
      onFiles(path, async () =>
        notLong(await readHeld(file), now).toSorted((left, right) => left.at - right.at),
      ),
    release: (run) => changeHeld((all) => all.filter((one) => !isSameRun(one, run))),

    keepConfig: (place, kept) =>
      change((commit) => {
        const target = configOf(place);
        return commit(target, `{"format":${FORMAT},"kept":${jsonText(keptWire, kept, target)}}\n`);
      }),
    keptConfig: (place) =>
      onFiles(path, async () => {
        const content = await readContent(configOf(place), keptFileWire);
        return content && decodeJson(keptWire, content.format, content.kept, configOf(place));
      }),
  };
}

async function readHeld(file: string): Promise<readonly HeldRun[]> {
  const content = await readContent(file, heldFileWire);
  return (
    content?.held.flatMap((json) => readableOf(() => decodeJson(heldWire, content.format, json, file))) ?? []
  );
}

function notLong(held: readonly HeldRun[], now: number): readonly HeldRun[] {
  return held.filter(({ at }) => at > now - HELD_MS);
}

function isSameRun(one: HeldKey, other: HeldKey): boolean {
  return one.at === other.at && one.cluster === other.cluster && one.by === other.by;
}
