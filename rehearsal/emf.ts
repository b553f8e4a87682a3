import { RE2JS } from 're2js';

/** The label that carries the name of the instrumentation scope. */
export const OTEL_LIB = 'OTelLib';

/** The receiver's scope name since contrib pull request 34589 (August 2024); before about 0.78 it had none. */
export const PROMETHEUS_RECEIVER_SCOPE =
  'github.com/open-telemetry/opentelemetry-collector-contrib/receiver/prometheusreceiver';

export interface LabelMatcher {
  readonly labelNames: readonly string[];
  /** `;` where it is not given. */
  readonly separator?: string;
  /** Unanchored. */
  readonly regex: string;
}

export interface MetricDeclaration {
  readonly dimensions?: readonly (readonly string[])[];
  /** Unanchored regular expressions. */
  readonly metricNameSelectors?: readonly string[];
  readonly labelMatchers?: readonly LabelMatcher[];
}

/** The part of an `awsemf` configuration that decides which dimension sets appear. */
export interface EmfConfiguration {
  /** `ZeroAndSingleDimensionRollup` where it is not given; what the exporter does not know rolls nothing up. */
  readonly dimensionRollupOption?: string;
  readonly metricDeclarations?: readonly MetricDeclaration[];
  /** Whether the feature gate `awsemf.nodimrollupdefault` is on. */
  readonly noDimRollupDefault?: boolean;
}

export type Labels = ReadonlyMap<string, string>;
/** Sorted names. */
export type DimensionSet = readonly string[];

export interface EmfExporter {
  /** What the exporter says on start: every dropped declaration and dimension set. */
  readonly warnings: readonly string[];
  /** The dimension sets of a data point; none where its document becomes a log event without a metric. */
  dimensionSets(metric: string, labels: Labels): readonly DimensionSet[];
}

export interface DataPoint {
  readonly attributes: Labels;
  readonly resource: Labels;
  /** The instrumentation scopes of the resource up to this point's, in order; a scope without a name is ''. */
  readonly scopes: readonly string[];
}

export interface LabelOptions {
  readonly resourceToTelemetry: boolean;
  readonly excludeServiceAttributes?: boolean;
}

const SEPARATOR = ';';
const MAX_DECLARED_NAMES = 10;
const MAX_DIMENSIONS = 30;
const STORAGE_RESOLUTION = 'aws.emf.storage_resolution';
const ZERO_AND_SINGLE = 'ZeroAndSingleDimensionRollup';
const SINGLE_ONLY = 'SingleDimensionRollupOnly';
const NO_ROLLUP = 'NoDimensionRollup';

/**
 * The labels that awsemf sees: attributes, overwritten by those of the resource where they are converted, and OTelLib.
 * A scope without a name inherits the one before it, as the exporter keeps the name while it walks through a resource.
 */
export function dataPointLabels({ attributes, resource, scopes }: DataPoint, options: LabelOptions): Labels {
  const { resourceToTelemetry, excludeServiceAttributes = false } = options;
  const converted = [...(resourceToTelemetry ? resource : [])].filter(
    ([name]) => !(excludeServiceAttributes && name.startsWith('service.')),
  );
  const labels = new Map([...attributes, ...converted]);
  labels.delete(STORAGE_RESOLUTION);
  const scope = scopes.findLast((name) => name !== '');
  return scope === undefined ? labels : labels.set(OTEL_LIB, scope);
}

/**
 * The exporter of a configuration, by the rules of awsemf's metric_translator.go and metric_declaration.go.
 * Throws where a regular expression is none: the collector does not start then.
 */
export function emfExporter(configuration: EmfConfiguration): EmfExporter {
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  const rollup = rollupOf(configuration);
  const declarations = (configuration.metricDeclarations ?? []).flatMap((one, index) =>
    declarationOf(one, `metric_declarations[${index}]`, warn),
  );
  return {
    warnings,
    dimensionSets: (metric, labels) => {
      const rolledUp = rollup(labels);
      if (declarations.length === 0) return distinct([[...labels.keys()], ...rolledUp]);
      const applying = declarations.filter(({ applies }) => applies(metric, labels));
      if (applying.length === 0) return [];
      const declared = applying.flatMap(({ sets }) => sets);
      return distinct([...declared.filter((set) => set.every((name) => labels.has(name))), ...rolledUp]);
    },
  };
}

/**
 * Whether CloudWatch makes a metric of a set in a log event: it takes at most 30 dimensions, and no empty value.
 * The empty value is contrib issue 21412; the bound is that of the EMF specification.
 */
export function isExtracted(set: DimensionSet, labels: Labels): boolean {
  return set.length <= MAX_DIMENSIONS && set.every((name) => (labels.get(name) ?? '') !== '');
}

function rollupOf(configuration: EmfConfiguration): (labels: Labels) => readonly DimensionSet[] {
  const { noDimRollupDefault = false } = configuration;
  const fallback = noDimRollupDefault ? NO_ROLLUP : ZERO_AND_SINGLE;
  const option = configuration.dimensionRollupOption ?? fallback;
  return (labels) => {
    if (option !== ZERO_AND_SINGLE && option !== SINGLE_ONLY) return [];
    const zero = labels.has(OTEL_LIB) ? [OTEL_LIB] : [];
    const singles = [...labels.keys()].filter((name) => name !== OTEL_LIB).map((name) => [...zero, name]);
    return option === ZERO_AND_SINGLE && singles.length > 0 ? [zero, ...singles] : singles;
  };
}

interface Declaration {
  readonly sets: readonly DimensionSet[];
  readonly applies: (metric: string, labels: Labels) => boolean;
}

function declarationOf(
  { dimensions = [], metricNameSelectors = [], labelMatchers = [] }: MetricDeclaration,
  path: string,
  warn: (text: string) => void,
): readonly Declaration[] {
  if (metricNameSelectors.length === 0) {
    warn(`${path}: dropped, it has no metric name selectors`);
    return [];
  }
  if (labelMatchers.some(({ labelNames, regex }) => labelNames.length === 0 || regex === '')) {
    warn(`${path}: dropped, a label matcher lacks label names or a regular expression`);
    return [];
  }
  const sets = dimensions.filter((set, index) => {
    const kept = set.length <= MAX_DECLARED_NAMES;
    if (!kept) warn(`${path}.dimensions[${index}]: dropped, it has more than ${MAX_DECLARED_NAMES} names`);
    return kept;
  });
  const selectors = metricNameSelectors.map(finder);
  const matchers = labelMatchers.map(matcherOf);
  const applies = (metric: string, labels: Labels) =>
    selectors.some((finds) => finds(metric)) &&
    (matchers.length === 0 || matchers.some((matches) => matches(labels)));
  return [{ sets, applies }];
}

function matcherOf({ labelNames, separator = SEPARATOR, regex }: LabelMatcher): (labels: Labels) => boolean {
  const finds = finder(regex);
  return (labels) => finds(labelNames.map((name) => labels.get(name) ?? '').join(separator));
}

function finder(regex: string): (text: string) => boolean {
  const compiled = RE2JS.compile(regex);
  return (text) => compiled.matcher(text).find();
}

function distinct(sets: readonly DimensionSet[]): readonly DimensionSet[] {
  const sorted = sets.map((set) => [...new Set(set)].sort());
  return [...new Map(sorted.map((set) => [JSON.stringify(set), set])).values()];
}
