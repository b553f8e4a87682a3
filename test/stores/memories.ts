import { randomBytes } from 'node:crypto';
import type { RunRecord } from '../../lib/history.ts';
import type { ClusterMemory, Episode, SignalMemory } from '../../lib/incidents/memory.ts';
import type { RuntimeMute } from '../../lib/stores/store.ts';

export const NOW = Date.parse('2026-11-20T12:00:00.000Z');
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-real-key' };

/** An open incident with everything that an episode can have. */
export function episode(over: Partial<Episode> = {}): Episode {
  return {
    runs: 2,
    firstAt: NOW - 5 * MINUTE,
    since: NOW - 9.5 * MINUTE,
    opened: { at: NOW, key: 'prod-eu/r2', because: 'failed 2 runs in a row' },
    clear: 0,
    findings: ['Ab3+/x1', 'Ab3+/x2'],
    heldBy: 'mute weekly (window)',
    channels: {
      'sns:1': { told: { at: NOW, findings: 2 }, owed: 'reminder' },
      'slack:2': { owed: 'opened' },
      'slack:3': {},
    },
    ...over,
  };
}

export function signalMemory(over: Partial<SignalMemory> = {}): SignalMemory {
  return { plane: 'amp', severity: 'critical', failing: episode(), ...over };
}

/** A memory in which everything that can be there is there. */
export function memory(over: Partial<ClusterMemory> = {}): ClusterMemory {
  return {
    runs: [
      { id: 'r2', at: NOW },
      { id: 'r1', at: NOW - 5 * MINUTE },
    ],
    signals: {
      canary: signalMemory(),
      logs: { plane: 'logs', severity: 'warning', blind: episode({ findings: [], channels: {} }) },
      gone: signalMemory({
        failing: episode({ over: { at: NOW, how: 'unwatched', because: 'left the configuration' } }),
      }),
    },
    sending: { by: 'r2', until: NOW + MINUTE },
    ...over,
  };
}

/** So many failing signals, as an outage that reaches them one after the other leaves them. */
export function outage(signals: number): ClusterMemory {
  const noise = randomBytes(signals * 24 * 6);
  const entries = Array.from({ length: signals }, (_, index): [string, SignalMemory] => {
    const at = NOW + Math.floor(index / 20) * 5 * MINUTE + (index % 7);
    const findings = Array.from({ length: 24 }, (_finding, nth) => {
      const from = (index * 24 + nth) * 6;
      return noise.toString('base64', from, from + 6).slice(0, 7);
    });
    const told = { at: at + 5 * MINUTE + 311, findings: 24 };
    const failing = episode({
      firstAt: at,
      since: at - (noise.readUInt16BE(index * 144) / 65_536) * 10 * MINUTE,
      opened: { at: at + 5 * MINUTE, key: `prod-eu/${index % 300}`, because: 'failed 2 runs in a row' },
      findings,
      channels: { 'sns:a1b2c3': { told }, 'slack:d4e5f6': { told }, 'slack:a7b8c9': { told } },
    });
    return [`team-${index % 40}/service-${index}-requests-total`, signalMemory({ failing })];
  });
  return { runs: [], signals: Object.fromEntries(entries) };
}

export function run(over: Partial<RunRecord> = {}): RunRecord {
  const none = { failing: [], unknown: [], opened: [], ended: [] };
  return { cluster: 'prod-eu', id: 'r1', at: NOW, ok: ['canary', 'logs'], ...none, ...over };
}

export function mute(over: Partial<RuntimeMute> = {}): RuntimeMute {
  const reason = 'deploying';
  const names = { clusters: ['prod-eu'], signals: [] };
  return { id: 'm1', ...names, from: NOW, until: NOW + 60 * MINUTE, reason, ...over };
}
