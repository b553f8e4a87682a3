import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../lib/clock.ts';
import { freePort } from './prometheus.ts';

/** Whether moto is on this machine; says what is not judged on it where it is not. */
export function hasMoto(what: string): boolean {
  const available = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;
  if (!available)
    process.stderr.write(`Skipped: no \`moto_server\` on the PATH, so ${what} is not judged on it.\n`);
  return available;
}

/** A moto on loopback that answers. */
export async function startMoto(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const deadline = AbortSignal.timeout(20_000);
  while (!(await fetch(`${url}/moto-api/`).catch(() => undefined)) && !deadline.aborted) {
    await systemClock.sleep(100);
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
