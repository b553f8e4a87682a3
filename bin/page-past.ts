import { systemClock } from '../lib/clock.ts';
import type { Config } from '../lib/config/schema.ts';
import type { HtmlExtras } from '../lib/report/html.ts';
import type { Report } from '../lib/report/report.ts';
import { EXIT } from './exit.ts';
import { type ReadPast, readPast } from './past.ts';
import { withStore } from './store.ts';

/** What a page shows of the past, and how long a report waits for it. */
const PAGE_MS = 7 * 24 * 3_600_000;
const PATIENCE_MS = 10_000;

/** The last week of a report's signals, where the configuration says where it was recorded. Never rejects. */
export async function pastForPage(config: Config, { clusters }: Report): Promise<HtmlExtras> {
  if (config.state === undefined) return {};
  const names = clusters.map(({ cluster }) => cluster);
  const judged = new Set(
    clusters.flatMap(({ cluster, signals }) =>
      signals.map(({ signal }) => JSON.stringify([cluster, signal])),
    ),
  );
  let read: ReadPast | undefined;
  const reading = withStore(config, async (store) => {
    read = await readPast(store, names, PAGE_MS);
    return EXIT.ok;
  });
  reading.catch(() => {}); // It may still fail when nobody waits for it any more.
  try {
    await Promise.race([reading, systemClock.sleep(PATIENCE_MS)]);
  } catch (error) {
    return { pastProblem: error instanceof Error ? error.message : String(error) };
  }
  if (!read) return { pastProblem: 'the store gave no answer' };
  const { past, problems } = read;
  const signals = past.signals.filter(({ cluster, signal }) => judged.has(JSON.stringify([cluster, signal])));
  return {
    past: { ...past, signals },
    ...(problems.length > 0 ? { pastProblem: problems.join('; ') } : {}),
  };
}
