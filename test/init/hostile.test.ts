import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { comparisonText } from '../../lib/init/comparison-report.ts';
import { drafted } from '../../lib/init/init.ts';
import { loadable } from '../../lib/init/loadable.ts';
import { documentOf, yamlOf } from '../../lib/init/write.ts';
import { called, readsTheSame, text, well } from './hostile-names.ts';
import { NOTHING, shipped } from './looked.ts';

readsTheSame(25);

test('a name that a reference could be read from is refused, and told in a comment', async () => {
  const { draft } = await drafted([called('${env:HOME}')], NOTHING, shipped, well);
  expect(JSON.stringify(documentOf(draft))).not.toContain('${');
  expect(draft.left.join('\n')).toContain('cannot be written: a name holds ${');
});

test('comments stay comments, and end where they should', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (note, left) => {
      const signals = [{ settings: { name: 'a', logs: '/a' }, notes: [note] }];
      const clusters = [{ name: 'c', region: 'eu-west-1', signals, notes: [note, left] }];
      const yaml = yamlOf({ clusters, left: [left] }, [note]);
      expect(parse(yaml)).toEqual({
        version: 1,
        clusters: [{ name: 'c', region: 'eu-west-1', signals: [{ name: 'a', logs: '/a' }] }],
      });
    }),
  );
});

test('a key __proto__ is kept, or refused; it is never lost', async () => {
  const match = JSON.parse('{ "__proto__": "x", "job": "y" }') as Record<string, unknown>;
  const settings = { name: 'a', amp: 'ws-1', metric: 'up', match };
  const clusters = [{ name: 'c', region: 'eu-west-1', signals: [{ settings, notes: [] }], notes: [] }];
  const { config, draft } = await loadable({ clusters, left: [] }, shipped);
  expect(config?.clusters[0]?.signals[0]?.match ?? draft.left).toEqual([
    { label: '__proto__', operator: '=', value: 'x' },
    { label: 'job', operator: '=', value: 'y' },
  ]);
});

test('a comparison is a line for each thing, whatever it is called', () => {
  fc.assert(
    fc.property(text, (name) => {
      const one = {
        region: 'eu-west-1',
        role: null,
        plane: 'logs' as const,
        what: name,
        signal: { name, logs: name },
      };
      const gone = { cluster: name, signal: name, plane: 'logs' as const, detail: name };
      const told = comparisonText({ unwatched: [one], gone: [gone], unseen: [], looked: [] });
      expect(told.split('\n')).toHaveLength(6);
      expect(told.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
  );
});
