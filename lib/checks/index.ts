import type { Check } from '../expectation.ts';
import { dimensions } from './dimensions.ts';
import { fresh } from './fresh.ts';
import { labels } from './labels.ts';
import { series } from './series.ts';

/** Every expectation a user can write, in the order in which findings are told. */
export const checks = { fresh, series, labels, dimensions } as const satisfies Record<string, Check>;
