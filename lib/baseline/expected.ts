import type { LabelsSettings } from '../checks/labels.ts';
import type { StreamSignal } from '../signal.ts';

type Settings = Pick<StreamSignal, 'series' | 'labels' | 'dimensions' | 'expectsSeries'>;

/** Whether a signal is compared with a baseline: only then is a shape asked for and learned. */
export function expectsNoDrift(signal: Settings): boolean {
  return signal.expectsSeries && (signal.series?.drift !== undefined || expectsNoKeyDrift(signal));
}

/** Whether names of labels are part of its shape. */
export function expectsNoKeyDrift({ labels, dimensions }: Omit<Settings, 'expectsSeries'>): boolean {
  return labels?.drift === true || expectsNoValueDrift(labels ?? {}) || dimensions?.drift === true;
}

/** Whether the values of labels are: under `values` the word `drift` says so, where it is true. */
export function expectsNoValueDrift({ values = [] }: Pick<LabelsSettings, 'values'>): boolean {
  return values.some(([, expected]) => expected === true);
}
