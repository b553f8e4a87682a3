import * as z from 'zod/mini';
import { configSchema } from './schema.ts';
import { entryValues } from './values.ts';

type JsonSchema = Record<string, unknown>;

const REFERENCE_PATTERN = '\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}';

/** The JSON Schema (draft 2020-12) of `plumbline.yaml`, for editors: what can be judged without knowing the rest. */
export function configJsonSchema(): JsonSchema {
  return allowReferences(convert(configSchema)) as JsonSchema;
}

function convert(schema: z.core.$ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const value = entryValues.get(zodSchema);
      if (value) Object.assign(jsonSchema, { type: 'object', additionalProperties: inner(value) });
    },
  });
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
