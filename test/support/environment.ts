import { onTestFinished, vi } from 'vitest';

/** Sets variables, and the machine's clock to a time, until the test is over: SDK clients read both. */
export function environment(variables: Readonly<Record<string, string>>, now: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}
