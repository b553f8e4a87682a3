import { answerQuery } from '../../rehearsal/prometheus-api.ts';
import type { Storage } from '../../rehearsal/storage.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { remoteWrite } from '../support/remote-write.ts';
import { BEGIN, comparedSeries, END, HOUR, MINUTE } from './series.ts';

/** What an answer says, in a form that does not depend on the order of series. */
export interface Said {
  readonly status: number;
  readonly errorType?: string;
  readonly error?: string;
  readonly resultType?: string;
  readonly samplesProcessed?: number;
  /** By label set; a scalar is under the empty text. */
  readonly values?: ReadonlyMap<string, string>;
}

export interface Comparison {
  /** Of the real server. */
  readonly url: string;
  /** What both hold. */
  readonly storage: Storage;
  real(query: string, at: number): Promise<Said>;
  simulated(query: string, at: number): Said;
  stop(): Promise<void>;
}

/** A real server and the simulated one, holding the same series. */
export async function startComparison(): Promise<Comparison> {
  const storage = comparedSeries();
  const server = await startPrometheus({ flags: ['--web.enable-remote-write-receiver'] });
  await load(`${server.url}/api/v1/write`, storage);
  return {
    url: server.url,
    storage,
    real: async (query, at) => {
      const response = await fetch(`${server.url}/api/v1/query`, { method: 'POST', body: formOf(query, at) });
      return said(response.status, await response.text());
    },
    simulated: (query, at) => {
      const { status, body } = answerQuery(formOf(query, at), storage, END + HOUR);
      return said(status, body);
    },
    stop: () => server.stop(),
  };
}

/** The server takes nothing much older than its newest sample, so it gets one part after the other. */
async function load(url: string, { series }: Storage): Promise<void> {
  const part = 30 * MINUTE;
  for (let from = BEGIN; from <= END + HOUR; from += part)
    await remoteWrite(url, series, from, from + part - 1);
}

function formOf(query: string, at: number): URLSearchParams {
  return new URLSearchParams({ query, time: (at / 1000).toFixed(3), stats: 'all' });
}

type Stamp = readonly [at: number, value: string];

type Result =
  | { readonly resultType: 'scalar'; readonly result: Stamp }
  | {
      readonly resultType: 'vector';
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value: Stamp;
      }[];
    };

interface Envelope {
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: Result & {
    readonly stats: { readonly samples: { readonly totalQueryableSamples: number } };
  };
}

function said(status: number, body: string): Said {
  const { data, errorType = '', error = '' } = JSON.parse(body) as Envelope;
  if (!data) return { status, errorType, error };
  const samplesProcessed = data.stats.samples.totalQueryableSamples;
  return { status, resultType: data.resultType, samplesProcessed, values: valuesOf(data) };
}

function valuesOf(data: Result): Map<string, string> {
  if (data.resultType === 'scalar') return new Map([['', data.result.join(' ')]]);
  const values = new Map<string, string>();
  for (const { metric, value } of data.result) {
    const labels = JSON.stringify(Object.entries(metric).sort(([left], [right]) => inOrder(left, right)));
    if (values.has(labels)) throw new Error(`two series are ${labels}`);
    values.set(labels, value.join(' '));
  }
  return values;
}

/** Why two answers differ, or undefined. */
export function difference(real: Said, simulated: Said, query: string): string | undefined {
  const agree = sameEnvelope(real, simulated) && sameValues(real, simulated, query);
  return agree ? undefined : `${query}\n  real      ${show(real)}\n  simulated ${show(simulated)}`;
}

function sameEnvelope(real: Said, simulated: Said): boolean {
  const messagesAgree = real.errorType !== 'execution' || real.error === simulated.error;
  return (
    real.status === simulated.status &&
    real.errorType === simulated.errorType &&
    real.resultType === simulated.resultType &&
    real.samplesProcessed === simulated.samplesProcessed &&
    messagesAgree
  );
}

/**
 * Which of several equal values topk takes is not defined, so there only the values count; nor is the order of
 * addition, so sums may differ in their last digits.
 */
function sameValues({ values: real }: Said, { values: simulated }: Said, query: string): boolean {
  if (!real || !simulated) return real === simulated;
  if (real.size !== simulated.size) return false;
  const same = /sum|avg/iu.test(query) ? close : (left: string, right: string | undefined) => left === right;
  if (/topk|bottomk/iu.test(query)) {
    const simulatedValues = [...simulated.values()].sort(byNumber);
    return [...real.values()].sort(byNumber).every((value, index) => same(value, simulatedValues[index]));
  }
  return [...real].every(([labels, value]) => same(value, simulated.get(labels)));
}

function close(real: string, simulated: string | undefined): boolean {
  if (simulated === undefined || real === simulated) return real === simulated;
  const [realAt, realValue] = real.split(' ');
  const [simulatedAt, simulatedValue] = simulated.split(' ');
  const error = Math.abs(Number(realValue) - Number(simulatedValue));
  // What cancels out to nothing has the error of what was added.
  return realAt === simulatedAt && error <= 1e-12 * Math.max(1, Math.abs(Number(realValue)));
}

/** As texts, `7.5` and `7.499999999999989` may stand on different sides of `7.5e+22`. */
function byNumber(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => Number((text.split(' ')[1] ?? '').replace('Inf', 'Infinity')));
  if (a === undefined || b === undefined || Number.isNaN(a) || Number.isNaN(b) || a === b)
    return inOrder(left, right);
  return a - b;
}

function inOrder(left: string, right: string): number {
  return left.localeCompare(right);
}

function show({ values, ...rest }: Said): string {
  return JSON.stringify({ ...rest, ...(values ? { values: Object.fromEntries(values) } : {}) });
}
