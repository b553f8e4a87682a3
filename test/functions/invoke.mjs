/** Imports a built function as Lambda does, invokes it, and writes what it returned or threw to a file of its own. */
import { readFileSync, writeFileSync } from 'node:fs';

const [bundle, eventFile, resultFile, remainingMs, times] = process.argv.slice(2);
const { handler } = await import(bundle);
const results = [];
for (let time = 0; time < Number(times); time += 1) {
  const startedAt = Date.now();
  const context = {
    awsRequestId: `request-${time + 1}`,
    getRemainingTimeInMillis: () => Number(remainingMs) - (Date.now() - startedAt),
  };
  try {
    const returned = await handler(JSON.parse(readFileSync(eventFile, 'utf8')), context);
    results.push({ returned });
  } catch (error) {
    results.push({ threw: error.message });
  }
}
writeFileSync(resultFile, JSON.stringify(results));
