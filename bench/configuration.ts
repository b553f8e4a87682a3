import { builtConfig, loadBuilt, loadConfig } from '../lib/config/load.ts';
import { medianMs, ms, printTable } from './table.ts';

const CLUSTERS = 1000;
const SIGNALS = 20;

/** Loading 1,000 clusters × 20 signals, as YAML and as what the build makes of it. */
export async function configuration(): Promise<void> {
  const text = largeConfig();
  const options = { file: 'plumbline.yaml', env: {} };
  const yamlMs = await medianMs(1, async () => {
    const loaded = await loadConfig(text, options);
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems.slice(0, 3)));
  });
  const built = await builtConfig(text, options);
  if (!('json' in built)) throw new Error(JSON.stringify(built.problems.slice(0, 3)));
  const coldMs = await medianMs(1, async () => loadBuilt(built.json, options));
  const builtMs = await medianMs(5, async () => loadBuilt(built.json, options));
  printTable(
    `Configuration of ${CLUSTERS} clusters × ${SIGNALS} signals (${(text.length / 1e6).toFixed(1)} MB of YAML)`,
    [
      { what: 'validate (YAML, every check)', measured: ms(yamlMs), goal: '< 6,000 ms' },
      { what: 'load dist/plumbline.json, first time', measured: ms(coldMs), goal: '< 300 ms' },
      { what: 'load dist/plumbline.json, median of 5', measured: ms(builtMs), goal: '' },
    ],
  );
}

function largeConfig(): string {
  const lines = ['version: 1', 'clusters:'];
  for (let cluster = 0; cluster < CLUSTERS; cluster += 1) {
    lines.push(`  - name: cluster-${cluster}`, '    region: eu-west-1', '    signals:');
    for (let signal = 0; signal < SIGNALS; signal += 1) {
      lines.push(
        `      - name: signal-${signal}`,
        `        amp: ws-${cluster}`,
        `        metric: metric_${signal}`,
        `        match: { job: { '=~': 'kubernetes-(pods|nodes)' }, env: prod }`,
        '        by: [job]',
        '        fresh: 4m',
        '        series: { min: 30, max: 60, each: { min: 1 } }',
        '        labels: { require: [job, instance], values: { job: [kubernetes-pods, kubernetes-nodes] } }',
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
