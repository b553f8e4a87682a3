/** A configuration of so many clusters of twenty signals: sixteen in a workspace and four in CloudWatch. */
export function fleetConfig(clusters: number, url: string): string {
  const lines = ['version: 1', 'clusters:'];
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    lines.push(
      `  - name: cluster-${cluster}`,
      '    region: eu-west-1',
      '    every: 5m',
      '    signals:',
      ...Array.from({ length: 16 }, (_, signal) => ampSignal(cluster, signal, url)),
      ...Array.from({ length: 4 }, (_, signal) => emfSignal(cluster, signal)),
    );
  }
  return `${lines.join('\n')}\n`;
}

function ampSignal(cluster: number, signal: number, url: string): string {
  const endpoint = `${url}/workspaces/ws-${cluster}`;
  return `      - { name: amp-${signal}, amp: ws-${cluster}, endpoint: '${endpoint}', metric: metric_${signal}, fresh: 4m, series: { min: 1, max: 60 }, labels: { require: [instance] } }`;
}

function emfSignal(cluster: number, signal: number): string {
  return `      - { name: emf-${signal}, cloudwatch: Fleet${cluster}, metric: metric_${signal}, match: { Cluster: fleet }, fresh: 15m }`;
}
