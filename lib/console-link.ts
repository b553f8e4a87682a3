import type { Plane, Signal, StreamSignal } from './signal.ts';

/** How much time before a break is worth seeing with it. */
const BEFORE_MS = 3_600_000;

/**
 * Where a person sees the signal: the plane's own console, from an hour before `since` to `now` (milliseconds since the
 * epoch) where it knows time, which that of AMP does not; https but for a Prometheus that is itself asked over http.
 */
export function consoleLink(signal: Signal, question: string | null, since: number, now: number): string {
  return links[signal.plane](signal as StreamSignal, question, { from: since - BEFORE_MS, to: now });
}

interface Window {
  readonly from: number;
  readonly to: number;
}

const links: Readonly<
  Record<Plane, (signal: StreamSignal, question: string | null, window: Window) => string>
> = {
  amp: ({ region, address }) =>
    `${consoleHost(region)}/prometheus/home?region=${region}#/workspaces/workspace/${encodeURIComponent(address)}`,
  prometheus: ({ address }, question, { from, to }) => {
    const query = new URLSearchParams({
      'g0.expr': question ?? '',
      'g0.tab': '0',
      'g0.range_input': `${Math.max(1, Math.ceil((to - from) / 1000))}s`,
      'g0.end_input': new Date(to).toISOString().slice(0, 19).replace('T', ' '),
    });
    return `${address.replace(/\/+$/, '')}/graph?${query.toString()}`;
  },
  cloudwatch: ({ region, address, metric, match, account }, _question, { from, to }) => {
    const named = match.filter(({ operator }) => operator === '=');
    const search = [
      ...(account === undefined ? [] : [`:aws.AccountId="${account}"`]),
      `Namespace="${quoted(address)}" MetricName="${quoted(metric)}"`,
      ...named.map(({ label, value }) => `"${quoted(label)}"="${quoted(value)}"`),
    ].join(' ');
    const graph = {
      region,
      start: new Date(from).toISOString(),
      end: new Date(to).toISOString(),
      metrics: [[{ expression: `SEARCH('${search.replaceAll("'", "\\'")}', 'SampleCount', 60)` }]],
    };
    return `${consoleHost(region)}/cloudwatch/home?region=${region}#metricsV2:graph=${jsurl(graph)}`;
  },
  logs: ({ region, address }, _question, { from, to }) =>
    `${consoleHost(region)}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${inFragment(address)}/log-events$3Fstart$3D${from}$26end$3D${to}`,
  xray: ({ region, address }) =>
    `${consoleHost(region)}/cloudwatch/home?region=${region}#xray:traces/query?~(query~(expression~${jsurl(`service("${address}")`).slice(1)}))`,
  eksAddon: ({ region, address }) => {
    const [cluster = '', addon = ''] = address.split('/');
    return `${consoleHost(region)}/eks/home?region=${region}#/clusters/${cluster}/add-ons/${addon}`;
  },
  ecsService: ({ region, address }) => {
    const [cluster = '', service = ''] = address.split('/');
    return `${consoleHost(region)}/ecs/v2/clusters/${cluster}/services/${service}/health?region=${region}`;
  },
  ampWorkspace: ({ region, address }) =>
    `${consoleHost(region)}/prometheus/home?region=${region}#/workspaces/workspace/${encodeURIComponent(address)}`,
  // How the Query Studio keeps a question in its address is not documented.
  cloudwatchPromql: ({ region }) => `${consoleHost(region)}/cloudwatch/home?region=${region}#query-studio`,
};

function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `https://${region}.console.amazonaws-us-gov.com`;
  return `https://${region}.console.aws.amazon.com`;
}

/** The console of CloudWatch Logs encodes twice what stands in its fragment, and writes `$` for the percent sign. */
function inFragment(text: string): string {
  return encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

/** The notation in which the CloudWatch console keeps a graph in its address: `~(a~'text~b~1)`. */
function jsurl(value: unknown): string {
  if (Array.isArray(value)) return `~(${value.map(jsurl).join('')})`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key}${jsurl(inner)}`);
    return `~(${entries.join('~')})`;
  }
  return typeof value === 'string' ? `~'${escapedText(value)}` : `~${String(value)}`;
}

function escapedText(text: string): string {
  return text.replace(/[^\w.-]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `*${code.toString(16).padStart(2, '0')}` : `**${code.toString(16).padStart(4, '0')}`;
  });
}
