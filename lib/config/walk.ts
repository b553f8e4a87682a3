import * as z from 'zod/mini';
import { setOwn } from './env.ts';
import type { Path } from './problems.ts';
import { entryValues } from './values.ts';

type Schema = z.core.$ZodType;

/** The schema of the value at the path, or undefined where the schema has no such place. */
export function schemaAt(schema: Schema, path: Path): Schema | undefined {
  let place: Schema | undefined = schema;
  for (const key of path) place = place && step(place, key);
  return place;
}

/** The keys that a mapping at the path may have. */
export function knownKeys(schema: Schema, path: Path): string[] {
  const place = schemaAt(schema, path);
  const shapes = place ? alternatives(place).map(shapeOf) : [];
  return shapes.flatMap((shape) => Object.keys(shape ?? {}));
}

/**
 * What is valid in the value: mappings without their faulty keys, lists of mappings with undefined for their faulty
 * items. Undefined where nothing is.
 */
export function salvage(schema: Schema, value: unknown): unknown {
  const [plain] = alternatives(schema);
  const shape = plain && shapeOf(plain);
  const element = plain && elementOf(plain);
  if (shape && isMapping(value)) return salvageKeys(shape, value);
  if (plain && entryOf(plain) && isMapping(value)) return salvageEntries(schema, value);
  if (element && alternatives(element).some(shapeOf) && Array.isArray(value)) {
    return value.map((item) => salvage(element, item));
  }
  return parsed(schema, value);
}

function salvageKeys(shape: Readonly<Record<string, Schema>>, value: Readonly<Record<string, unknown>>) {
  const draft: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    const part = salvage(schema, Object.hasOwn(value, key) ? value[key] : undefined);
    if (part !== undefined) draft[key] = part;
  }
  return draft;
}

function salvageEntries(schema: Schema, value: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const alone = {};
    setOwn(alone, key, inner);
    const pairs = parsed(schema, alone);
    return Array.isArray(pairs) ? (pairs as unknown[]) : [];
  });
}

function parsed(schema: Schema, value: unknown): unknown {
  const result = z.safeParse(schema, value);
  return result.success ? result.data : undefined;
}

function step(schema: Schema, key: string | number): Schema | undefined {
  for (const plain of alternatives(schema)) {
    const next = typeof key === 'number' ? elementOf(plain) : (ownShape(plain, key) ?? entryOf(plain));
    if (next) return next;
  }
  return undefined;
}

function ownShape(schema: Schema, key: string): Schema | undefined {
  const shape = shapeOf(schema);
  return shape && Object.hasOwn(shape, key) ? shape[key] : undefined;
}

/** The schema itself, or the options of a union; what only wraps another schema is taken off. */
function alternatives(schema: Schema): readonly Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'prefault') return alternatives(def.innerType);
  if (def.type === 'pipe' && !entryValues.has(def.in)) return alternatives(def.in);
  return def.type === 'union' ? def.options.flatMap(alternatives) : [schema];
}

function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? def.shape : undefined;
}

function elementOf(schema: Schema): Schema | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'array' ? def.element : undefined;
}

function entryOf(schema: Schema): Schema | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'pipe' ? entryValues.get(def.in) : undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
