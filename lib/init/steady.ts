/** Metrics that a process sends whatever its traffic, in the order in which they are chosen. */
const STEADY = [
  /^otelcol_process_uptime/,
  /^node_cpu_utilization$|^cluster_node_count$|^pod_cpu_utilization$/,
  /^process[._]cpu[._]/,
  /^process[._]/,
  /^(?:jvm|go|nodejs|python|dotnet|system|runtime|container|node|task|cluster|instance|ecs)[._]/i,
  /(?:CPU|Memory).*(?:Utili|Reserved)/i,
  /(?:uptime|_info$|_seconds_total$)/,
];

/** What every scrape writes: it tells of the collector, not of the application. */
export const OF_SCRAPES = /^(?:up|scrape_\w+)$/;

/** Names of metrics, those that need no traffic first; what scrapes write about themselves last. */
export function steadiestFirst(names: readonly string[]): string[] {
  const rank = (name: string): number => {
    if (OF_SCRAPES.test(name)) return STEADY.length + 1;
    const at = STEADY.findIndex((form) => form.test(name));
    return at < 0 ? STEADY.length : at;
  };
  return names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
