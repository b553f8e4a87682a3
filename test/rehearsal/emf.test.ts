import { describe, expect, test } from 'vitest';
import { dataPointLabels, emfExporter, isExtracted } from '../../rehearsal/emf.ts';
import type { EmfConfiguration, MetricDeclaration } from '../../rehearsal/emf.ts';
import { eksAdotAmp } from '../../rehearsal/pipelines/eks-adot-targets.ts';

const SCOPE = 'scope';
const SELECT_ALL = { metricNameSelectors: ['.*'] };

function labelled(text: string): Map<string, string> {
  return new Map(
    text.split(' ').flatMap((pair) => (pair === '' ? [] : [pair.split('=') as [string, string]])),
  );
}

/** The sets, each with its names joined; '' is the set without names. */
function setsOf(configuration: EmfConfiguration, labels: string, metric = 'm'): string[] {
  return emfExporter(configuration)
    .dimensionSets(metric, labelled(labels))
    .map((set) => set.join('+'));
}

function declared(...metricDeclarations: MetricDeclaration[]): EmfConfiguration {
  return { dimensionRollupOption: 'NoDimensionRollup', metricDeclarations };
}

describe('the labels of a data point', () => {
  const point = {
    attributes: labelled('pod=p service.name=own'),
    resource: labelled('service.name=shop host.name=h'),
    scopes: [SCOPE],
  };

  test('are its attributes, and OTelLib where there is a scope name', () => {
    expect(dataPointLabels(point, { resourceToTelemetry: false })).toEqual(
      labelled('pod=p service.name=own OTelLib=scope'),
    );
    expect(dataPointLabels({ ...point, scopes: [''] }, { resourceToTelemetry: false })).toEqual(
      labelled('pod=p service.name=own'),
    );
  });

  test('take those of the resource, which overwrite', () => {
    expect(dataPointLabels(point, { resourceToTelemetry: true })).toEqual(
      labelled('pod=p service.name=shop host.name=h OTelLib=scope'),
    );
    const options = { resourceToTelemetry: true, excludeServiceAttributes: true };
    expect(dataPointLabels(point, options)).toEqual(
      labelled('pod=p service.name=own host.name=h OTelLib=scope'),
    );
  });

  test('inherit the scope name before, and never are the storage resolution', () => {
    const inherited = { ...point, attributes: labelled('aws.emf.storage_resolution=1'), scopes: [SCOPE, ''] };
    expect(dataPointLabels(inherited, { resourceToTelemetry: false })).toEqual(labelled('OTelLib=scope'));
  });
});

describe('without declarations', () => {
  test.each<[string | undefined, string, string[]]>([
    [undefined, '', ['']],
    [undefined, 'a=1', ['a', '']],
    [undefined, 'a=1 b=1', ['a+b', '', 'a', 'b']],
    [undefined, 'OTelLib=x', ['OTelLib']],
    [undefined, 'OTelLib=x a=1', ['OTelLib+a', 'OTelLib']],
    [undefined, 'OTelLib=x a=1 b=1', ['OTelLib+a+b', 'OTelLib', 'OTelLib+a', 'OTelLib+b']],
    ['ZeroAndSingleDimensionRollup', 'a=1 b=1', ['a+b', '', 'a', 'b']],
    ['SingleDimensionRollupOnly', '', ['']],
    ['SingleDimensionRollupOnly', 'a=1', ['a']],
    ['SingleDimensionRollupOnly', 'a=1 b=1', ['a+b', 'a', 'b']],
    ['SingleDimensionRollupOnly', 'OTelLib=x a=1 b=1', ['OTelLib+a+b', 'OTelLib+a', 'OTelLib+b']],
    ['NoDimensionRollup', 'a=1 b=1', ['a+b']],
    ['NoDimensionRollup', 'OTelLib=x a=1', ['OTelLib+a']],
    ['noDimensionRollup', 'a=1 b=1', ['a+b']],
    ['', 'a=1 b=1', ['a+b']],
  ])('rollup %s of {%s}', (dimensionRollupOption, labels, expected) => {
    const configuration = dimensionRollupOption === undefined ? {} : { dimensionRollupOption };
    expect(setsOf(configuration, labels)).toEqual(expected);
  });

  test('the feature gate changes the default and nothing else', () => {
    expect(setsOf({ noDimRollupDefault: true }, 'a=1 b=1')).toEqual(['a+b']);
    const explicit = { noDimRollupDefault: true, dimensionRollupOption: 'SingleDimensionRollupOnly' };
    expect(setsOf(explicit, 'a=1 b=1')).toEqual(['a+b', 'a', 'b']);
  });
});

describe('with declarations', () => {
  test('a set appears where all its names are labels', () => {
    const configuration = declared({ ...SELECT_ALL, dimensions: [['b', 'a'], ['a', 'c'], ['a']] });
    expect(setsOf(configuration, 'a=1 b=1')).toEqual(['a+b', 'a']);
    expect(setsOf(configuration, 'd=1')).toEqual([]);
  });

  test.each([
    ['node_cpu', 'xnode_cpu_y', true],
    ['^node_cpu$', 'xnode_cpu_y', false],
    ['container_memory_.*', 'container_memory_working_set_bytes', true],
    ['container_memory_.*', 'container_cpu', false],
  ])('the selector %s of %s is unanchored', (selector, metric, selects) => {
    const configuration = declared({ dimensions: [['a']], metricNameSelectors: ['^$', selector] });
    expect(setsOf(configuration, 'a=1', metric)).toEqual(selects ? ['a'] : []);
  });

  test.each<[string, string, string | undefined, boolean]>([
    ['job=shop ns=eu', 'op;e', undefined, true],
    ['job=shop ns=eu', '^shop;eu$', undefined, true],
    ['job=shop ns=eu', '^shop/eu$', '/', true],
    ['job=shop ns=eu', 'shop/eu', undefined, false],
    ['job=shop', '^shop;$', undefined, true],
    ['other=1', '^;$', undefined, true],
  ])('{%s} against the label matcher %s', (labels, regex, separator, matches) => {
    const matcher = { labelNames: ['job', 'ns'], regex, ...(separator === undefined ? {} : { separator }) };
    const configuration = declared({ ...SELECT_ALL, dimensions: [[]], labelMatchers: [matcher] });
    expect(setsOf(configuration, labels)).toEqual(matches ? [''] : []);
  });

  test('one of several label matchers is enough', () => {
    const labelMatchers = ['^x$', '^y$'].map((regex) => ({ labelNames: ['a'], regex }));
    const configuration = declared({ ...SELECT_ALL, dimensions: [['a']], labelMatchers });
    expect(['a=x', 'a=y', 'a=z'].map((labels) => setsOf(configuration, labels))).toEqual([['a'], ['a'], []]);
  });

  test('the sets of all that apply are taken once each', () => {
    const one = { ...SELECT_ALL, dimensions: [['b', 'a', 'a'], ['a']] };
    const two = { ...SELECT_ALL, dimensions: [['a', 'b'], ['b']] };
    expect(setsOf(declared(one, two), 'a=1 b=1')).toEqual(['a+b', 'a', 'b']);
  });

  test('rollups come on top where one applies, also where none of its sets does', () => {
    const metricDeclarations = [{ metricNameSelectors: ['^m$'], dimensions: [['z']] }];
    expect(setsOf({ metricDeclarations }, 'OTelLib=x a=1')).toEqual(['OTelLib', 'OTelLib+a']);
    expect(setsOf({ metricDeclarations }, 'OTelLib=x a=1', 'other')).toEqual([]);
  });

  test('an empty set is a metric without dimensions, a missing or empty list nothing at all', () => {
    expect(setsOf(declared({ ...SELECT_ALL, dimensions: [[]] }), 'a=1')).toEqual(['']);
    expect(setsOf(declared({ ...SELECT_ALL, dimensions: [] }), 'a=1')).toEqual([]);
    expect(setsOf(declared(SELECT_ALL), 'a=1')).toEqual([]);
  });

  test('OTelLib is in a set only where it is declared', () => {
    const configuration = declared({ ...SELECT_ALL, dimensions: [['a'], ['a', 'OTelLib']] });
    expect(setsOf(configuration, 'a=1 OTelLib=x')).toEqual(['a', 'OTelLib+a']);
    expect(setsOf(configuration, 'a=1')).toEqual(['a']);
  });
});

describe('what the exporter drops', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `l${index}`);
  const allOf = (count: number) =>
    names(count)
      .map((name) => `${name}=1`)
      .join(' ');

  test('declared sets of more than ten names', () => {
    const configuration = declared({ ...SELECT_ALL, dimensions: [names(11), names(10)] });
    expect(setsOf(configuration, allOf(11))).toEqual([names(10).join('+')]);
    expect(emfExporter(configuration).warnings).toEqual([
      'metric_declarations[0].dimensions[0]: dropped, it has more than 10 names',
    ]);
  });

  test('declarations without selectors or with half a label matcher', () => {
    const kept = { ...SELECT_ALL, dimensions: [['a']] };
    const configuration = declared(
      { dimensions: [['b']] },
      { ...SELECT_ALL, dimensions: [['b']], labelMatchers: [{ labelNames: [], regex: '.' }] },
      { ...SELECT_ALL, dimensions: [['b']], labelMatchers: [{ labelNames: ['a'], regex: '' }] },
      kept,
    );
    expect(setsOf(configuration, 'a=1 b=1')).toEqual(['a']);
    expect(emfExporter(configuration).warnings).toEqual([
      'metric_declarations[0]: dropped, it has no metric name selectors',
      'metric_declarations[1]: dropped, a label matcher lacks label names or a regular expression',
      'metric_declarations[2]: dropped, a label matcher lacks label names or a regular expression',
    ]);
  });

  test('all declarations: then every label becomes a dimension', () => {
    expect(setsOf(declared({ dimensions: [['a']] }), 'a=1 b=1')).toEqual(['a+b']);
  });

  test('nothing, where a selector is no regular expression: it does not start', () => {
    expect(() => emfExporter(declared({ metricNameSelectors: ['a('] }))).toThrow('missing closing )');
  });

  test('CloudWatch takes no metric of more than thirty dimensions or with an empty value', () => {
    expect(isExtracted(names(30), labelled(allOf(30)))).toBe(true);
    expect(isExtracted(names(31), labelled(allOf(31)))).toBe(false);
    expect(isExtracted(['a'], new Map([['a', '']]))).toBe(false);
    expect(isExtracted(['a'], new Map(Object.entries({ a: '1', b: '' })))).toBe(true);
    expect(isExtracted([], new Map())).toBe(true);
  });
});

test('of the jobs of the EKS add-on only kubernetes-pods has cluster, namespace and pod', () => {
  const renamed = new Map([
    ['kubernetes_pod_name', 'EKS_PodName'],
    ['kubernetes_namespace', 'EKS_Namespace'],
  ]);
  const configuration = declared({
    ...SELECT_ALL,
    dimensions: [['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName']],
  });
  const exporter = emfExporter(configuration);
  const satisfying = eksAdotAmp().jobs.filter(({ targets }) =>
    targets.some(({ labels = {}, metrics = [] }) =>
      [{ labels: {} }, ...metrics].some((metric) => {
        const own = Object.entries({ ...metric.labels, ...labels });
        const names = own.map(([name, value]) => [renamed.get(name) ?? name, value] as const);
        return exporter.dimensionSets('m', new Map([...names, ['EKS_Cluster', 'prod-eu']])).length > 0;
      }),
    ),
  );
  expect(satisfying.map(({ name }) => name)).toEqual(['kubernetes-pods']);
});
