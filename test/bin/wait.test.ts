import { describe, expect, test } from 'vitest';
import { plumbline, temporaryFile } from '../support/command-line.ts';
import { serve, vector } from '../support/http.ts';

const config = (url: string): string => `
version: 1
clusters:
  - name: local
    region: eu-west-1
    signals:
      - { name: up, prometheus: '${url}', metric: up, fresh: 5m }
`;

describe('check --wait and --since', () => {
  test('only samples newer than --since are asked for', async () => {
    const server = await serve((_request, response) => void response.end(vector([[{}, '3']])));
    const file = await temporaryFile('plumbline.yaml', config(server.url));
    const run = await plumbline(['check', '--config', file, '--since', '2m', '--format', 'json']);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const queries = server.requests.map(({ form }) => form.get('query') ?? '');
    expect(queries.some((query) => /\b(120|119|2m|1m59)/.test(query))).toBe(true);
    expect(queries.join()).not.toMatch(/\b(300\b|5m\])/);
  });

  test('--wait ends at once when all is ok, and when no further attempt fits', async () => {
    const server = await serve((_request, response) => void response.end(vector([[{}, '3']])));
    const file = await temporaryFile('plumbline.yaml', config(server.url));
    expect(await plumbline(['check', '--config', file, '--wait', '20m'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const silent = await serve((_request, response) => void response.end(vector([])));
    const other = await temporaryFile('plumbline.yaml', config(silent.url));
    expect(await plumbline(['check', '--config', other, '--wait', '5s'])).toMatchObject({
      code: 1,
      stderr: '',
    });
  });

  test.each([
    [['--wait', 'soon'], '--wait "soon" is not a duration; write one such as 90s, 20m or 1h'],
    [['--since', 'yesterday'], '--since "yesterday" is not a moment; write now, 5m'],
    [['--since', '2026-11-20'], '--since "2026-11-20" is not a moment'],
    [['--since', '2999-01-01T00:00:00Z'], 'is in the future'],
  ])('%j is wrong: exit 2 and what to write', async (args, said) => {
    const run = await plumbline(['check', '--config', 'plumbline.example.yaml', ...args]);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(said);
  });
});
