/** Writes `dashboards/`, which is tracked: people import the files as they are. */
import { writeFile } from 'node:fs/promises';
import { cloudWatchDashboard } from './cloudwatch.ts';
import { grafanaDashboard } from './grafana.ts';

const files = { 'cloudwatch.json': cloudWatchDashboard(), 'grafana.json': grafanaDashboard() };
for (const [file, dashboard] of Object.entries(files)) {
  await writeFile(
    new URL(`../../dashboards/${file}`, import.meta.url),
    `${JSON.stringify(dashboard, null, 2)}\n`,
  );
}
