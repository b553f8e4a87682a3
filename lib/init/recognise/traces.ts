import type { DraftSignal } from '../draft.ts';
import type { Seen } from '../seen.ts';

/** How old the newest trace may be of what sends some in every quarter of an hour: gaps of nearly two of them, doubled. */
export const TRACES_FRESH = '1h';

/** A service that sends traces all the time; undefined where it is silent at times, as at night. */
export function steadyTraces({ traces }: Seen, isMeant: (service: string) => boolean): string | undefined {
  return traces.find(({ service, isSteady }) => isSteady && isMeant(service))?.service;
}

/** The profile's signal of these traces, with a bound that they were seen to keep. */
export function boundOfTraces(service: string | undefined): readonly DraftSignal[] {
  return service === undefined ? [] : [{ settings: { name: 'traces', fresh: TRACES_FRESH }, notes: [] }];
}
