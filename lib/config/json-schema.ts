import * as z from 'zod/mini';
import type { ParameterType, Profile, Profiles } from '../profiles/profile.ts';
import { valueAt } from './problems.ts';
import { configSchema } from './schema.ts';
import { entryFlags, entryValues } from './values.ts';

type JsonSchema = Record<string, unknown>;

const REFERENCE_PATTERN = '\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}';

/**
 * The JSON Schema (draft 2020-12) of `plumbline.yaml`, for editors: what can be judged without knowing the rest. Under
 * `with` it knows the parameters of the given profiles.
 */
export function configJsonSchema(profiles: Profiles): JsonSchema {
  const schema = convert(configSchema);
  const cluster = valueAt(schema, ['properties', 'clusters', 'items']) as JsonSchema;
  Object.assign(cluster['properties'] as JsonSchema, { profile: profileNames(profiles) });
  cluster['allOf'] = [...profiles.values()].map(parametersOf);
  return allowReferences(schema) as JsonSchema;
}

function profileNames(profiles: Profiles): JsonSchema {
  return {
    type: 'string',
    enum: [...profiles.keys()],
    description: 'The well-known pipeline whose signals must arrive: the cluster’s own are merged over them.',
  };
}

/** What `with` may hold beside one profile. */
function parametersOf({ name, parameters }: Profile): JsonSchema {
  const entries = Object.entries(parameters);
  const required = entries
    .filter(([, one]) => one.default === undefined && one.optional !== true)
    .map(([key]) => key);
  const parameterSchemas = entries.map(([key, { type, about, default: value }]) => [
    key,
    { ...TYPES[type], description: about, ...(value === undefined ? {} : { default: value }) },
  ]);
  return {
    if: { properties: { profile: { const: name } }, required: ['profile'] },
    // oxlint-disable-next-line unicorn/no-thenable -- the word is JSON Schema's
    then: {
      properties: {
        with: {
          type: 'object',
          properties: Object.fromEntries(parameterSchemas),
          required,
          additionalProperties: false,
        },
      },
      ...(required.length === 0 ? {} : { required: ['with'] }),
    },
  };
}

const TYPES: Readonly<Record<ParameterType, JsonSchema>> = {
  text: { type: 'string' },
  list: { type: 'array', items: { type: 'string' }, minItems: 1 },
  labels: { type: 'object', additionalProperties: { type: 'string' } },
  number: { type: 'number' },
  duration: { type: 'string', pattern: '^[1-9][0-9]*[smhd]$' },
  share: { type: 'string', pattern: '^[0-9]+(?:\\.[0-9]+)?%$' },
};

function convert(schema: z.core.$ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const value = entryValues.get(zodSchema);
      if (!value) return;
      const flag = entryFlags.get(zodSchema);
      Object.assign(jsonSchema, {
        type: 'object',
        ...(flag ? { properties: { [flag.word]: flagOr(flag.about, inner(value)) } } : {}),
        additionalProperties: inner(value),
      });
    },
  });
}

function flagOr(description: string, value: JsonSchema): JsonSchema {
  return { description, anyOf: [{ const: true }, value] };
}

function inner(schema: z.core.$ZodType): JsonSchema {
  const { $schema: _, ...rest } = convert(schema);
  return rest;
}

/** Wherever a text has a fixed form, `${env:NAME}` may stand for it or for a part of it. */
function allowReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(allowReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, allowReferences(value)] as const);
  const copy: JsonSchema = Object.fromEntries(entries);
  if (typeof copy['pattern'] === 'string') copy['pattern'] = `${copy['pattern']}|${REFERENCE_PATTERN}`;
  const { enum: values, type, ...rest } = copy;
  if (!Array.isArray(values) || type !== 'string') return copy;
  return {
    ...rest,
    anyOf: [
      { type, enum: values },
      { type, pattern: REFERENCE_PATTERN },
    ],
  };
}
