import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneOfFiles, osls, removeClone } from './template.ts';

let clone = '';
beforeAll(async () => {
  clone = await cloneOfFiles();
});
afterAll(() => removeClone(clone));

test('deploying the example, or with a parameter that cannot be used, is refused before AWS is asked', async () => {
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'no-key',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  };
  const refused = await osls(clone, ['deploy'], env);
  expect(refused.code).toBe(1);
  expect(refused.stdout + refused.stderr).toContain(
    'the example must not be deployed: cp plumbline.example.yaml',
  );
  const wrong = await osls(clone, ['package', '--param=every=rate(5 minutes)', '--param=probes=maybe']);
  expect(wrong.code).toBe(1);
  expect(wrong.stdout + wrong.stderr).toContain(
    "--param='every=rate(5 minutes)' cannot be used: write a duration",
  );
  expect(wrong.stdout + wrong.stderr).toContain("--param='probes=maybe' cannot be used: write yes or no");
});
