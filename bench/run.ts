/** `npm run bench`: tables with ratios from one run. Nothing here passes or fails by time. */
import { cpus } from 'node:os';
import { realPrometheus } from '../test/support/prometheus.ts';
import { assertions } from './assertions.ts';
import { coldStart } from './cold-start.ts';
import { configuration } from './configuration.ts';
import { fleet } from './fleet.ts';
import { million } from './million.ts';
import { requests } from './requests.ts';
import { scale } from './scale.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  configuration,
  requests,
  scale,
  coldStart,
  fleet,
  ...(realPrometheus.available ? { assertions, million } : {}),
};

process.stdout.write(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`,
);
const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench();
}
