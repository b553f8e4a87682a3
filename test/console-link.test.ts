import { expect, test } from 'vitest';
import { consoleLink } from '../lib/console-link.ts';
import { signal } from './support/world.ts';

const SINCE = Date.parse('2026-11-20T11:45:40Z');
const NOW = Date.parse('2026-11-20T12:00:00Z');
const link = (over: Parameters<typeof signal>[0], question: string | null = null) =>
  consoleLink(signal(over), question, SINCE, NOW);

test('a workspace, in the console of its partition', () => {
  const of = (region: string) => link({ plane: 'amp', address: 'ws-1', region });
  expect(of('eu-west-1')).toBe(
    'https://eu-west-1.console.aws.amazon.com/prometheus/home?region=eu-west-1#/workspaces/workspace/ws-1',
  );
  expect(of('cn-north-1')).toContain('https://cn-north-1.console.amazonaws.cn/');
  expect(of('us-gov-west-1')).toContain('https://us-gov-west-1.console.amazonaws-us-gov.com/');
});

test('a Prometheus, with the question and the time', () => {
  const url = new URL(link({ plane: 'prometheus', address: 'http://127.0.0.1:9090/x/' }, 'up{a="ü&b"}'));
  expect(url.pathname).toBe('/x/graph');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    'g0.expr': 'up{a="ü&b"}',
    'g0.tab': '0',
    'g0.range_input': '4460s',
    'g0.end_input': '2026-11-20 12:00:00',
  });
});

test('the OpenTelemetry metrics of CloudWatch, where they can be asked', () => {
  expect(link({ plane: 'cloudwatchPromql', region: 'us-east-1' }, 'count(up)')).toBe(
    'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#query-studio',
  );
});

test('CloudWatch, with a search and the time, in the notation of its console', () => {
  const url = link({ plane: 'cloudwatch', address: 'A/b', metric: "it's" });
  expect(url).toBe(
    "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#metricsV2:graph=~(region~'eu-west-1~start~'2026-11-20T10*3a45*3a40.000Z~end~'2026-11-20T12*3a00*3a00.000Z~metrics~(~(~(expression~'SEARCH*28*27Namespace*3d*22A*2fb*22*20MetricName*3d*22it*5c*27s*22*27*2c*20*27SampleCount*27*2c*2060*29))))",
  );
});
