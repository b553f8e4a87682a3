import type { Check } from '../expectation.ts';
import { alerting } from './alerting.ts';
import { churn } from './churn.ts';
import { containers } from './containers.ts';
import { dimensions } from './dimensions.ts';
import { discarded } from './discarded.ts';
import { emf } from './emf.ts';
import { encrypted } from './encrypted.ts';
import { fresh } from './fresh.ts';
import { labels } from './labels.ts';
import { logClass } from './logClass.ts';
import { parity } from './parity.ts';
import { probe } from './probe.ts';
import { promql } from './promql.ts';
import { quotas } from './quotas.ts';
import { retention } from './retention.ts';
import { rules } from './rules.ts';
import { running } from './running.ts';
import { scrapers } from './scrapers.ts';
import { series } from './series.ts';
import { statistic } from './statistic.ts';
import { status } from './status.ts';
import { streams } from './streams.ts';
import { targets } from './targets.ts';
import { traces } from './traces.ts';
import { version } from './version.ts';

/** Every expectation, in the order in which findings are told. */
export const checks = {
  status,
  version,
  fresh,
  series,
  labels,
  dimensions,
  churn,
  statistic,
  targets,
  promql,
  parity,
  probe,
  retention,
  logClass,
  encrypted,
  streams,
  emf,
  traces,
  running,
  containers,
  discarded,
  quotas,
  scrapers,
  rules,
  alerting,
} as const satisfies Record<string, Check>;
