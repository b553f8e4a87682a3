/** A process that counts in a store's memory: `increments.ts STATE TIMES`. Says `counting` after the first. */
import { systemClock } from '../../lib/clock.ts';
import { openStore } from '../../lib/stores/index.ts';
import type { Store } from '../../lib/stores/store.ts';
import { CREDENTIALS, episode, memory, signalMemory } from './memories.ts';

const [state = '', times = ''] = process.argv.slice(2);
const store = openStore(state, {
  clock: systemClock,
  region: 'eu-west-1',
  credentials: () => async () => CREDENTIALS,
});

async function increment(counted: Store): Promise<boolean> {
  const { memory: before, version } = await counted.read('prod-eu');
  const clear = (before.signals['canary']?.failing?.clear ?? 0) + 1;
  const after = memory({ signals: { canary: signalMemory({ failing: episode({ clear }) }) } });
  return counted.write('prod-eu', after, version);
}

for (let count = 0; count < Number(times); count += 1) {
  while (!(await increment(store)));
  if (count === 0) process.stdout.write('counting\n');
}
store.close();
