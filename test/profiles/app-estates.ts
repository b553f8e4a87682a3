import { expect } from 'vitest';
import { PROMETHEUS_RECEIVER_SCOPE } from '../../rehearsal/emf.ts';
import { steadyMetrics } from '../../rehearsal/metric-store.ts';
import { type ExporterSettings, type PublishedTarget, startPublisher } from '../../rehearsal/publisher.ts';
import { endTraces, LATE, type Pipe, seen, silence, turnStreams } from './pipe.ts';
import { BREAK, emptyEstate, MINUTE, SINCE } from './simulated-account.ts';

/** awsemf with all its defaults, as each namespace is sent: the sets are all labels, and the rollups. */
const defaults = (namespace: string, scopeName: string): ExporterSettings => ({
  namespace,
  emf: {},
  resourceToTelemetry: false,
  scopeName,
  process: (point) => point,
});

export function appSidecar(): Pipe {
  const estate = emptyEstate();
  const group = '/metrics/prod/task-service';
  const targets = [1, 2, 3].map((replica) => ({
    name: `task-service-${replica}`,
    interval: 30,
    labels: {},
    resource: { 'service.name': 'prod/task-service', 'service.instance.id': 'localhost:3000' },
    metrics: [
      { name: 'process_cpu_seconds_total', value: (at: number) => at / 1e6, cumulative: true },
      {
        name: 'http_requests_total',
        labels: { code: '200' },
        value: (at: number) => at / 1e4,
        cumulative: true,
      },
    ],
  }));
  const settings = defaults('prod/task-service', PROMETHEUS_RECEIVER_SCOPE);
  const publisher = startPublisher({ settings, targets }, SINCE);
  estate.metrics.push(publisher);
  publisher.delayDelivery(...LATE);
  estate.groups.set(group, {
    streams: ['1a', '2b', '3c'].map((id) => ({ name: `otel-stream-${id}`, since: SINCE })),
  });
  return {
    estate,
    rollOut: (at, gapMs) => {
      for (const one of targets) {
        publisher.stopTarget(one.name, at);
        publisher.addTarget({ ...one, name: `${one.name}-new` }, at + gapMs);
      }
      turnStreams(estate, group, ['otel-stream-4d', 'otel-stream-5e', 'otel-stream-6f'], at, gapMs);
    },
    breaks: {
      'log events refused': () => {
        publisher.denyPutLogEvents(BREAK);
        silence(estate, group);
      },
      'log events without metrics': () => publisher.denyPutLogEvents(BREAK),
      'the class of which no metrics are made': () => {
        publisher.denyPutLogEvents(BREAK);
        const known = estate.groups.get(group);
        if (known) estate.groups.set(group, { ...known, logGroupClass: 'INFREQUENT_ACCESS' });
      },
      'the job was renamed': () => {
        publisher.reconfigure(BREAK, { namespace: 'prod/tasks' });
        silence(estate, group);
        estate.groups.set('/metrics/prod/tasks', { streams: [{ name: 'otel-stream-9', since: BREAK }] });
      },
      'dead beside a cluster with the same job': () => {
        publisher.stop(BREAK);
        estate.metrics.push(startPublisher({ settings, targets }, SINCE));
      },
      'dead beside the agents of AWS': () => {
        publisher.stop(BREAK);
        silence(estate, group);
        const metric = 'process_cpu_seconds_total';
        const cluster = { ClusterName: 'prod-eu' };
        estate.metrics.push(
          steadyMetrics(['ECS/ContainerInsights', 'CWAgent'].map((of) => seen(of, metric, cluster))),
        );
      },
    },
  };
}

export function kyma(): Pipe {
  const estate = emptyEstate();
  const pods = ['a', 'b'].map((id) => `shop.checkout-7d9f-${id}.app`);
  const scraped = (name: string, metric: string, labels = {}): PublishedTarget => ({
    name,
    interval: 60,
    labels,
    resource: {},
    metrics: [{ name: metric, value: (at) => at / 1e6, cumulative: true }],
  });
  const application = startPublisher(
    {
      settings: defaults('checkout', 'io.opentelemetry.runtime'),
      targets: pods.map((name) => scraped(name, 'process.cpu.time', { 'process.cpu.state': 'user' })),
    },
    SINCE,
  );
  const replica = (name: string) => scraped(name, 'otelcol_process_uptime', { service_version: 'v0.49.0' });
  const self = startPublisher(
    { settings: defaults('otel-collector', PROMETHEUS_RECEIVER_SCOPE), targets: ['1', '2'].map(replica) },
    SINCE,
  );
  estate.metrics.push(application, self);
  for (const one of [application, self]) one.delayDelivery(...LATE);
  estate.groups.set('/logs/prod-eu', {
    retentionInDays: 7,
    streams: pods.map((name) => ({ name, since: SINCE })),
  });
  estate.traces.services = [{ name: 'checkout', everyMs: 20_000 }];
  return {
    estate,
    rollOut: (at, gapMs) => {
      for (const name of ['1', '2']) {
        self.stopTarget(name, at);
        self.addTarget(replica(`${name} new`), at + gapMs);
      }
      application.stop(at);
      application.start(at + Math.max(gapMs, MINUTE));
      turnStreams(estate, '/logs/prod-eu', ['shop.checkout-99aa-c.app'], at, gapMs);
    },
    breaks: {
      'applications refused, the collector well': () => {
        application.stop(BREAK);
        endTraces(estate);
      },
      'log events refused': () => {
        application.denyPutLogEvents(BREAK);
        self.denyPutLogEvents(BREAK);
      },
      'collector not scraped': () => self.stop(BREAK),
      'no traces': () => endTraces(estate),
      'logs stopped': () => silence(estate, '/logs/prod-eu'),
      'logs fall back': () => {
        silence(estate, '/logs/prod-eu');
        estate.groups.set('/logs/kyma-cluster', { streams: [{ name: 'shop.x.app', since: BREAK }] });
      },
      'logs kept for ever': () => {
        const { streams } = estate.groups.get('/logs/prod-eu') ?? { streams: [] };
        estate.groups.set('/logs/prod-eu', { streams });
      },
      'dead beside a cluster with the same application': () => {
        application.stop(BREAK);
        self.stop(BREAK);
        silence(estate, '/logs/prod-eu');
        estate.metrics.push(
          steadyMetrics([
            seen('checkout', 'process.cpu.time', { 'process.cpu.state': 'user' }),
            seen('otel-collector', 'otelcol_process_uptime', { service_version: 'v0.49.0' }),
          ]),
        );
      },
      'keys of the user gone': () => {
        application.denyPutLogEvents(BREAK);
        self.denyPutLogEvents(BREAK);
        silence(estate, '/logs/prod-eu');
        endTraces(estate);
      },
    },
  };
}

/** As Kyma's newer instructions have it: no scrapes, one stream of logs, traces where Transaction Search keeps them. */
export function kymaOtlp(): Pipe {
  const { estate, rollOut, breaks } = kyma();
  const group = '/logs/kyma';
  estate.metrics.splice(1);
  estate.groups.clear();
  estate.groups.set(group, { streams: [{ name: 'default', since: SINCE }] });
  estate.traces.destination = 'CloudWatchLogs';
  return {
    estate,
    rollOut,
    breaks: {
      'applications refused': breaks['applications refused, the collector well'] ?? expect.unreachable(),
      'logs stopped': () => silence(estate, group),
      'log group gone': () => void estate.groups.delete(group),
      'no traces': () => endTraces(estate),
    },
  };
}
