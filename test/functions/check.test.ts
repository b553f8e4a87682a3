import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../lib/report/report.ts';
import { serve, vector } from '../support/http.ts';
import { ROOT } from '../support/process.ts';
import { builtFunction } from './functions.ts';

const functions = builtFunction('check');

const configFor = (url: string, signals = ['up']): string => `
version: 1
clusters:
  - name: prod-eu
    region: eu-west-1
    signals:
${signals.map((name) => `      - { name: ${name}, prometheus: '${url}', metric: '${name}', fresh: 1m }`).join('\n')}
`;

/** A Prometheus with three live series of everything, or of nothing that `silent` is found in. */
async function prometheus(silent?: string) {
  return serve((request, response) => {
    const isSilent = silent !== undefined && (request.form.get('query') ?? '').includes(silent);
    response.end(vector(isSilent ? [] : [[{}, '3']]));
  });
}

type Checked = Report & { omitted?: number; waitCappedTo?: string; error?: string; problems?: string[] };

async function check(config: string, event: unknown, remainingMs = 900_000): Promise<Checked> {
  await functions.configure(config);
  const { results } = await functions.invoke(event, { remainingMs });
  return results[0]?.returned as Checked;
}

describe('the answer', () => {
  test.each(globSync('events/check*.json', { cwd: ROOT }))('%s is answered with the report', async (file) => {
    const { url } = await prometheus();
    const event: unknown = JSON.parse(readFileSync(ROOT + file, 'utf8'));
    expect(await check(configFor(url), event)).toMatchObject({
      version: 1,
      verdict: 'ok',
      clusters: [{ cluster: 'prod-eu', signals: [{ signal: 'up', evidence: { series: 3 } }] }],
    });
  });

  test('only what was asked for', async () => {
    const { url } = await prometheus();
    const { clusters } = await check(configFor(url, ['up', 'down']), { signals: ['down'] });
    expect(clusters[0]?.signals.map(({ signal }) => signal)).toEqual(['down']);
  });

  test.each([
    [{ cluster: 'prod-eu' }, '"cluster" is not a known key; did you mean "clusters"?'],
    [{ clusters: 'prod-eu' }, 'clusters is not a list of names'],
    [{ clusters: [] }, 'clusters is not a list of names'],
    [{ clusters: ['prod-us'] }, 'there is no cluster "prod-us"'],
    [{ wait: 'soon' }, 'wait is not a duration'],
    [{ since: 'yesterday' }, 'since is not a moment'],
    [['prod-eu'], 'not a JSON object'],
    ['{}', 'not a JSON object'],
  ])('a wrong event is answered with what is wrong: %j', async (event, problem) => {
    const answer = await check(configFor('http://127.0.0.1:1'), event);
    expect(answer).toEqual({
      error: 'the event cannot be run',
      problems: [expect.stringContaining(problem)],
    });
  });

  test('a wait longer than the function lives is capped, and says so', async () => {
    const { url } = await prometheus('up');
    const answer = await check(configFor(url), { wait: '20m' }, 12_000);
    expect(answer).toMatchObject({
      verdict: 'failing',
      waitCappedTo: expect.stringMatching(/^[12]s$/) as string,
    });
  });

  test('an answer that is too large leaves out whole signals, ok ones first', async () => {
    const { url } = await prometheus('canary');
    const many = Array.from({ length: 600 }, (_, index) => `metric_${index}_${'x'.repeat(150)}`);
    const answer = await check(configFor(url, [...many, 'canary']), {});
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(240_000);
    const left = answer.clusters[0]?.signals ?? [];
    expect(answer.omitted).toBe(601 - left.length);
    expect(left.at(-1)).toMatchObject({ signal: 'canary', verdict: 'failing' });
    expect(answer.verdict).toBe('failing');
  });

  test('a configuration that is wrong here is no stack trace', async () => {
    await functions.configure(configFor(`\${env:NOT_SET}`));
    const { results } = await functions.invoke({});
    expect(results).toEqual([
      {
        returned: {
          error: 'the configuration is wrong',
          problems: [expect.stringMatching(/^plumbline\.json:1:1: error: .*NOT_SET, which is not set/)],
        },
      },
    ]);
  });
});
