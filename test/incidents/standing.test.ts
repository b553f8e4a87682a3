import { describe, expect, test } from 'vitest';
import type { Episode, SignalMemory } from '../../lib/incidents/memory.ts';
import { standingOf } from '../../lib/incidents/standing.ts';

const blind = (over: Partial<Episode> = {}): SignalMemory => ({
  plane: 'amp',
  severity: 'critical',
  blind: { runs: 1, firstAt: 0, since: 0, clear: 0, findings: [], channels: {}, ...over },
});
const opened = { at: 0, key: 'k', because: 'not observable in 3 of 3 runs' };
const over = { at: 1, how: 'recovered', because: 'observed' } as const;
const standing = (signals: Record<string, SignalMemory>, sending?: { by: string; until: number }) =>
  standingOf({ runs: [], signals, ...(sending ? { sending } : {}) });

describe('how blind a cluster is', () => {
  test.each<[string, Record<string, SignalMemory>, number]>([
    ['nothing is remembered', {}, 0],
    ['one run is a hiccup', { a: blind(), b: blind({ runs: 2 }) }, 0],
    ['told of one, and the others were not observed either', { a: blind({ opened }), b: blind() }, 2],
    ['told, and seen again by the last run', { a: blind({ opened, clear: 1 }), b: blind({ opened }) }, 1],
    ['over', { a: blind({ opened, over, runs: 0 }) }, 0],
    [
      'failing, and seen',
      { a: { plane: 'amp', severity: 'critical', failing: blind().blind ?? expect.unreachable() } },
      0,
    ],
  ])('%s', (_what, signals, count) => {
    expect(standing(signals).blind).toBe(count);
  });
});

describe('what is owed', () => {
  const owed = { a: blind({ opened, channels: { sns: { owed: 'opened' } } }) };
  test('is in nobody’s hands once the claim to send it was given back, or has run out', () => {
    expect(standing(owed).owedFrom).toBe(0);
    expect(standing(owed, { by: 'tick', until: 60 }).owedFrom).toBe(60);
  });

  test('is nothing where all was told, or a mute holds it back', () => {
    expect(standing({ a: blind({ opened, channels: { sns: {} } }) }).owedFrom).toBeUndefined();
    const held = blind({ opened, heldBy: 'a mute', channels: { sns: { owed: 'opened' } } });
    expect(standing({ a: held }).owedFrom).toBeUndefined();
  });
});
