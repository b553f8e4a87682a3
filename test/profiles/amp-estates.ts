import { startPipeline } from '../../rehearsal/pipeline.ts';
import { eksAdotAmp } from '../../rehearsal/pipelines/eks-adot-amp.ts';
import { startEstate } from '../simulation/estate.ts';
import { randomOf } from '../simulation/random.ts';
import { CRASHED, discards, GONE, type Pipe } from './pipe.ts';
import { labelled, sentSeries } from './series.ts';
import { BREAK, emptyEstate, MINUTE, SINCE } from './simulated-account.ts';

export function eksAmp(): Pipe {
  const estate = emptyEstate();
  const cluster = startEstate('prod-eu', SINCE, randomOf('profiles'));
  const { pipeline } = cluster;
  const addon = { version: 'v0.109.0-eksbuild.1', modifiedAt: SINCE };
  estate.series.push(labelled(pipeline, { cluster: 'prod-eu' }));
  estate.addons.set('adot', addon);
  const down = (number: number) =>
    [
      ['up', 0],
      ['scrape_duration_seconds', 10],
    ].map(([name, value]) =>
      sentSeries(
        {
          __name__: String(name),
          cluster: 'prod-eu',
          job: 'kubernetes-pods',
          instance: `10.0.9.${number}:8080`,
          kubernetes_namespace: 'shop',
          kubernetes_pod_name: `down-${number}`,
        },
        { since: BREAK, value: Number(value) },
      ),
    );
  return {
    estate,
    rollOut: (at, gapMs) => {
      cluster.rollOut(['storefront', 'checkout', 'catalog', 'payments'], at, { atOnce: false });
      cluster.rollOutCollector(at + 5 * MINUTE, Math.max(0, gapMs));
    },
    breaks: {
      'remote write denied': () => pipeline.denyRemoteWrite(BREAK),
      'collector gone, its operator well': () => pipeline.stopCollector(BREAK, CRASHED),
      'one job without targets': () => pipeline.stopJob('kubernetes-nodes', BREAK, GONE),
      'slow job dead': () => pipeline.stopJob('kubernetes-pods-slow', BREAK, GONE),
      'pods relabelled': () =>
        cluster.reshape((pod) => {
          const { kubernetes_pod_name: name = '', ...labels } = pod.labels ?? {};
          return { ...pod, labels: { ...labels, pod: name } };
        }, BREAK),
      'targets down': () => void estate.series.push({ series: [1, 2, 3].flatMap(down) }),
      'add-on degraded': () => {
        const issues = [{ code: 'InsufficientNumberOfReplicas', message: 'no replica' }];
        estate.addons.set('adot', { ...addon, status: 'DEGRADED', issues });
      },
      'add-on gone': () => void estate.addons.delete('adot'),
      'workspace discards': () => discards(estate),
      'dead beside another cluster': () => {
        pipeline.denyRemoteWrite(BREAK);
        const other = startPipeline(eksAdotAmp({ cluster: 'stage', pods: 8 }), SINCE);
        estate.series.push(labelled(other, { cluster: 'stage' }));
      },
    },
  };
}

export function localPrometheus(): Pipe {
  const estate = emptyEstate();
  const job = { name: 'prometheus', scrapeInterval: 15, targets: [{ instance: 'localhost:9090' }] };
  const pipeline = startPipeline({ jobs: [job, { ...job, name: 'node' }] }, SINCE);
  estate.series.push(pipeline);
  return {
    estate,
    rollOut: (at, gapMs) => {
      pipeline.stopCollector(at, CRASHED);
      pipeline.startCollector(at + Math.max(0, gapMs));
    },
    breaks: {
      'job gone, another well': () => pipeline.stopJob('prometheus', BREAK, GONE),
      'scrapes stopped': () => pipeline.stopCollector(BREAK, CRASHED),
    },
  };
}
