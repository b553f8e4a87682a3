import type { Comparison } from './init/compare.ts';
import type { Message } from './message.ts';
import type { Channel, Delivery } from './notifiers/notifier.ts';
import { printable } from './printable.ts';
import type { Report } from './report/report.ts';
import { StoreError } from './stores/store.ts';

/** One thing that is worth a line in the log. */
export type LogLine =
  | {
      readonly what: 'verdict';
      readonly cluster: string;
      readonly signal: Report['clusters'][number]['signals'][number];
    }
  | ({ readonly what: 'undelivered'; readonly cluster: string; readonly channel: Channel } & Omit<
      Extract<Delivery, { delivered: false }>,
      'delivered'
    >)
  | ({ readonly what: 'told'; readonly cluster: string; readonly channel: Channel } & Pick<
      Message,
      'id' | 'reason' | 'title'
    >)
  | {
      readonly what: 'held';
      readonly cluster: string;
      readonly signals: readonly string[];
      readonly by: string;
    }
  | { readonly what: 'mutes'; readonly error: StoreError }
  | { readonly what: 'repeated'; readonly cluster: string; readonly run: string }
  | { readonly what: 'overtaken'; readonly cluster: string }
  | { readonly what: 'left'; readonly problems: readonly string[] }
  | { readonly what: 'unsent'; readonly cluster: string; readonly detail: string }
  | {
      readonly what: 'itself';
      readonly about: string;
      readonly findings: readonly { readonly observed: string; readonly expected: string }[];
    }
  | { readonly what: 'heartbeat'; readonly detail: string }
  | { readonly what: 'unconfirmed'; readonly clusters: readonly string[]; readonly detail: string }
  | { readonly what: 'forgetful'; readonly cluster: string; readonly error: StoreError }
  | ({ readonly what: 'compared' } & Comparison)
  | { readonly what: 'defect'; readonly error: unknown };

/** Counts and logs what goes wrong, and keeps it from stopping anything else. */
export function openTrouble(log: (line: LogLine) => void) {
  const counts = { forgotten: 0, defects: 0 };
  const onDefect = (error: unknown): void => {
    counts.defects += 1;
    log({ what: 'defect', error });
  };
  const on = (cluster: string, error: unknown): void => {
    if (!(error instanceof StoreError)) return onDefect(error);
    counts.forgotten += 1;
    log({ what: 'forgetful', cluster: printable(cluster), error });
  };
  const spare = async <T>(cluster: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      on(cluster, error);
      return undefined;
    }
  };
  return { counts, onDefect, on, spare };
}

export type Trouble = ReturnType<typeof openTrouble>;
