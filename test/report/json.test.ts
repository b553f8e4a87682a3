import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { json } from '../../lib/report/json.ts';
import { reportJsonSchema, reportSchema, toReport } from '../../lib/report/report.ts';
import { judge, signal } from '../support/world.ts';
import { failing, report, signalReport, unknown } from './reports.ts';

const shipped = JSON.parse(
  await readFile(new URL('../../report.schema.json', import.meta.url), 'utf8'),
) as object;
const ajv = new Ajv2020({ formats: { 'date-time': true } });

test('the JSON Schema that ships is current', () => {
  expect(shipped).toEqual(JSON.parse(json(reportJsonSchema())));
});

test('a report is what its schema says', async () => {
  const { verdicts } = await judge([signal({ by: ['job'], series: { min: 9 } })], [{ labels: { job: 'a' } }]);
  const real = toReport([{ cluster: 'c', verdict: 'failing', signals: verdicts }], {
    checkedAt: 1_800_000_000_000,
    durationMs: 12.6,
    toolVersion: '0.1.0',
  });
  const validate = ajv.compile(shipped);
  for (const one of [real, report({ c: [failing, unknown, signalReport({ state: 'idle' })] })]) {
    expect(validate(JSON.parse(json(one))), JSON.stringify(validate.errors)).toBe(true);
    expect(reportSchema.safeParse(one).success).toBe(true);
  }
  expect(real).toMatchObject({ checkedAt: '2027-01-15T08:00:00.000Z', durationMs: 13, verdict: 'failing' });
});
