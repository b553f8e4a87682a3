import * as fc from 'fast-check';
import { expect } from 'vitest';
import { reasons } from '../../lib/evidence.ts';
import { readVector } from '../../lib/promql/envelope.ts';
import { readRefusal } from '../../lib/promql/refusal.ts';

const anyRow = fc.record({ metric: fc.anything(), value: fc.anything() }, { requiredKeys: [] });
const anyBody = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record({
      status: fc.constantFrom('success', 'error', 1, null),
      data: fc.oneof(
        fc.anything(),
        fc.record({
          resultType: fc.constantFrom('vector', 'matrix', null),
          result: fc.oneof(fc.anything(), fc.array(anyRow)),
        }),
      ),
      warnings: fc.anything(),
      errorType: fc.anything(),
      error: fc.anything(),
      message: fc.anything(),
      __type: fc.anything(),
    })
    .map((body) =>
      JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
    ),
);

/** Whatever a server sends as an answer, it is rows of numbers or invalid-response. */
export function answersAreRead(numRuns: number): void {
  fc.assert(
    fc.property(anyBody, (body) => {
      const evidence = readVector(body, 1);
      if (evidence.kind === 'unavailable') expect(evidence.reason).toBe('invalid-response');
      else if (evidence.kind === 'found') {
        expect(evidence.value.every(({ value }) => Number.isFinite(value))).toBe(true);
        expect(Number.isFinite(evidence.at)).toBe(true);
      }
      expect(Object.prototype).not.toHaveProperty('polluted');
    }),
    { numRuns },
  );
}

/** Whatever a server sends as a refusal, it has one of the reasons and harmless words. */
export function refusalsAreRead(numRuns: number): void {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), anyBody, (status, body) => {
      const { reason, detail } = readRefusal({ status, headers: new Headers(), body });
      expect(reasons).toContain(reason);
      expect(detail).toMatch(/^[^\p{Cc}]{1,500}$/u);
    }),
    { numRuns },
  );
}
