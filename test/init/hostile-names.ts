import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadConfig } from '../../lib/config/load.ts';
import { readYaml } from '../../lib/config/yaml-text.ts';
import { drafted } from '../../lib/init/init.ts';
import { documentOf, yamlOf } from '../../lib/init/write.ts';
import type { Config } from '../../lib/config/schema.ts';
import { plan } from '../../lib/plan.ts';
import type { Report } from '../../lib/report/report.ts';
import { isStream } from '../../lib/signal.ts';
import { NOTHING, shipped } from './looked.ts';
import { adot, namespace, seen, stream, workspace } from './seen.ts';

/** What YAML, references, terminals and objects read as their own. */
const HOSTILE = fc.constantFrom(
  '${env:HOME}',
  '${HOME}',
  '__proto__',
  'constructor',
  'null',
  '~',
  'yes',
  '0x1F',
  '1e3',
  '2026-11-20',
  '- a',
  '? b',
  '&a *a !!tag',
  '{a: b}',
  '#not a comment',
  'a: b # c',
  '%YAML 1.1',
  '---',
  '...',
  "it's",
  '"quoted"',
  ' blank ',
  'line\nbreak: true',
  'carriage\r\nreturn',
  '\u2028\u2029\u0085\ufeff',
  '\u001b[31mred',
  '\u0000',
  '\ud800',
  '<<',
  '|',
  '>-',
  'a'.repeat(300),
);
export const text = fc.oneof(HOSTILE, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

/** What check tells of a configuration where everything is ok. */
export async function well(config: Config): Promise<Report> {
  const planned = plan(config, {});
  if (!('clusters' in planned)) throw new Error('nothing was planned');
  const evidence = { series: 1, newestSampleAt: null, questions: [], facts: [], markers: [] };
  const judged = {
    verdict: 'ok',
    state: null,
    findings: [],
    unavailable: [],
    evidence,
    wentBlind: null,
    runbook: null,
  } as const;
  return {
    version: 1,
    tool: { name: 'plumbline', version: '0' },
    verdict: 'ok',
    checkedAt: '2026-11-20T12:00:00.000Z',
    durationMs: 0,
    clusters: planned.clusters.map(({ name, signals }) => ({
      cluster: name,
      verdict: 'ok',
      cause: null,
      signals: signals.map(({ signal: { name: signal, plane, severity } }) => ({
        signal,
        plane,
        severity,
        ...judged,
        findings: [],
        unavailable: [],
        coincides: [],
        evidence: { ...evidence, questions: [], facts: [], markers: [] },
      })),
    })),
  };
}

/** An account in which everything is called so. */
export const called = (name: string) =>
  seen({
    workspaces: [
      workspace('ws-1', {
        alias: name,
        scrapes: [
          ...adot({ cluster: name }),
          stream('scrape_duration_seconds', { job: name }),
          stream('scrape_duration_seconds', { job: name, cluster: name }, { ageMs: 3_600_000 }),
        ],
        tasks: [
          stream('ecs_task_memory_utilized', { aws_ecs_task_family: name, aws_ecs_cluster_name: name }),
        ],
        applications: [
          { labels: { aws_ecs_task_family: name, aws_ecs_cluster_name: name, job: name }, metrics: [name] },
        ],
      }),
    ],
    namespaces: [
      namespace(name, {}, [name], [name], [name]),
      namespace('A', { ClusterName: name }, [name], [name]),
    ],
    logGroups: [{ name, retentionDays: undefined, newestAt: seen().at, gapMs: 60_000, streams: [name] }],
    eks: [{ cluster: name, addons: ['adot', name] }],
    ecs: [{ cluster: name, service: `${name}-otel`, family: name }],
    traces: [{ service: name, isSteady: true }],
    gaps: [{ action: 'a:B', resource: name, reason: 'denied', detail: name, missing: name }],
  });

/** So many names from nowhere, and those that break things. */
export function readsTheSame(numRuns: number): void {
  test('whatever things are called, what is written loads, and says what was seen', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (name) => {
        const { draft, config } = await drafted([called(name)], NOTHING, shipped, well);
        const yaml = yamlOf(draft, [name, `gap: ${name}`]);
        const { value, faults } = await readYaml(yaml);
        expect(faults).toEqual([]);
        expect(structuredClone(value)).toEqual(structuredClone(documentOf(draft)));
        const loaded = await loadConfig(yaml, {
          file: 'x',
          env: { HOME: '/root' },
          profiles: async () => shipped,
        });
        expect(loaded.warnings.filter(({ message }) => /literally/.test(message))).toEqual([]);
        if (!config) return;
        if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
        const planned = plan(loaded.config, {});
        const signals = 'clusters' in planned ? planned.clusters.flatMap((one) => one.signals) : [];
        for (const { signal } of signals) {
          const values = isStream(signal) ? signal.match.filter(({ operator }) => operator === '=') : [];
          for (const { label, value: compared } of values)
            expect(
              [name, ''].includes(compared) || compared.startsWith('kubernetes-'),
              `${label}=${compared}`,
            ).toBe(true);
        }
      }),
      { numRuns },
    );
  });
}
