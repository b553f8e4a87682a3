/**
 * The body of a CloudWatch dashboard as a JSON Schema, after "Dashboard Body Structure and Syntax" of the CloudWatch API
 * reference and, for `custom`, after what the console writes. PutDashboard refuses most of what this refuses.
 */
const count = { type: 'integer', minimum: 0 } as const;
const text = { type: 'string' } as const;
const region = { type: 'string', pattern: '^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$' } as const;
const period = { type: 'integer', multipleOf: 60, minimum: 60 } as const;
const statistic = {
  type: 'string',
  pattern: '^(SampleCount|Average|Sum|Minimum|Maximum|p[0-9.]{1,5})$',
} as const;
const time = {
  type: 'string',
  pattern: '^(-P(T?[0-9]+[MHDW])+|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z)$',
} as const;

const strict = (properties: object, required: readonly string[] = []) =>
  ({ type: 'object', properties, required, additionalProperties: false }) as const;

const rendering = {
  accountId: { type: 'string', pattern: '^[0-9]{12}$' },
  color: { type: 'string', pattern: '^#[0-9a-f]{3}([0-9a-f]{3})?$' },
  id: { type: 'string', pattern: '^[a-z][A-Za-z0-9_]{0,254}$' },
  label: text,
  period,
  region,
  stat: statistic,
  visible: { type: 'boolean' },
  yAxis: { enum: ['left', 'right'] },
} as const;

/** `[{ expression }]`, or namespace, name and pairs of dimensions with how it is drawn at the end. */
const metric = {
  anyOf: [
    {
      type: 'array',
      items: [
        strict({ ...rendering, expression: { type: 'string', minLength: 1, maxLength: 2048 } }, [
          'expression',
        ]),
      ],
      minItems: 1,
      additionalItems: false,
    },
    {
      type: 'array',
      minItems: 2,
      items: [
        { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^:]' },
        { type: 'string', minLength: 1 },
      ],
      additionalItems: { anyOf: [text, strict(rendering)] },
    },
  ],
} as const;

const axis = strict({
  min: { type: 'number' },
  max: { type: 'number' },
  label: text,
  showUnits: { type: 'boolean' },
});

const properties = {
  metric: {
    ...strict(
      {
        accountId: rendering.accountId,
        annotations: { type: 'object' },
        legend: strict({ position: { enum: ['right', 'bottom', 'hidden'] } }),
        liveData: { type: 'boolean' },
        metrics: { type: 'array', maxItems: 500, items: metric },
        period,
        region,
        setPeriodToTimeRange: { type: 'boolean' },
        singleValueFullPrecision: { type: 'boolean' },
        sparkline: { type: 'boolean' },
        stacked: { type: 'boolean' },
        stat: statistic,
        timezone: { type: 'string', pattern: '^[+-][0-9]{4}$' },
        title: text,
        view: { enum: ['timeSeries', 'singleValue', 'gauge', 'bar', 'pie', 'table'] },
        yAxis: strict({ left: axis, right: axis }),
      },
      ['region'],
    ),
    anyOf: [{ required: ['metrics'] }, { required: ['annotations'] }],
  },
  log: strict(
    {
      accountId: rendering.accountId,
      query: { type: 'string', pattern: "^SOURCE '[^']+'( \\| SOURCE '[^']+')* \\| ", maxLength: 10_000 },
      region,
      stacked: { type: 'boolean' },
      title: text,
      view: { enum: ['table', 'timeSeries', 'bar', 'pie'] },
    },
    ['query', 'region'],
  ),
  text: strict(
    { markdown: { type: 'string', minLength: 1 }, background: { enum: ['solid', 'transparent'] } },
    ['markdown'],
  ),
  alarm: strict(
    {
      alarms: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'string', pattern: '^arn:' } },
      sortBy: { enum: ['default', 'stateUpdatedTimestamp', 'timestamp'] },
      states: { type: 'array', items: { enum: ['ALARM', 'INSUFFICIENT_DATA', 'OK'] } },
      title: text,
    },
    ['alarms'],
  ),
  custom: strict(
    {
      endpoint: {
        type: 'string',
        pattern: '^arn:[\\w-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[\\w-]+(:[\\w$-]+)?$',
      },
      params: { type: 'object' },
      title: text,
      updateOn: strict({
        refresh: { type: 'boolean' },
        resize: { type: 'boolean' },
        timeRange: { type: 'boolean' },
      }),
    },
    ['endpoint'],
  ),
} as const;

const widgets = Object.entries(properties).map(([type, properties]) =>
  strict(
    {
      type: { const: type },
      x: { ...count, maximum: 23 },
      y: count,
      width: { type: 'integer', minimum: 1, maximum: 24 },
      height: { type: 'integer', minimum: 1, maximum: 1000 },
      properties,
    },
    ['type', 'properties'],
  ),
);

export const dashboardBody = strict(
  {
    start: time,
    end: time,
    periodOverride: { enum: ['auto', 'inherit'] },
    variables: { type: 'array', maxItems: 25, items: { type: 'object' } },
    widgets: { type: 'array', maxItems: 500, items: { oneOf: widgets } },
  },
  ['widgets'],
);
