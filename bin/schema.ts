import { configJsonSchema } from '../lib/config/json-schema.ts';
import { json } from '../lib/report/json.ts';
import { reportJsonSchema } from '../lib/report/report.ts';
import { EXIT } from './exit.ts';
import { shippedProfiles } from './profiles.ts';

const schemas: Readonly<Record<string, () => unknown>> = {
  config: async () => configJsonSchema(await shippedProfiles()),
  report: reportJsonSchema,
};

/** Prints one of the JSON Schemas that ship with the tool. */
export async function schema(of: string): Promise<number> {
  const make = Object.hasOwn(schemas, of) ? schemas[of] : undefined;
  if (!make) {
    process.stderr.write(`plumbline: there is no schema of "${of}"; write config or report\n`);
    return EXIT.wrong;
  }
  process.stdout.write(json(await make()));
  return EXIT.ok;
}
