/** A worker thread that is as a Lambda container is: it keeps what functions keep, and its clock can be set. */
import { parentPort, workerData } from 'node:worker_threads';

const MachineDate = Date;
let offMs = 0;

globalThis.Date = class extends MachineDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [MachineDate.now() + offMs] : parts));
  }

  static now() {
    return MachineDate.now() + offMs;
  }
};

const written = [];
for (const stream of [process.stdout, process.stderr]) stream.write = (text) => written.push(String(text));

async function invoke({ name, event, remainingMs }) {
  const startedAt = Date.now();
  const { handler } = await import(`${workerData.dist}/${name}.mjs`);
  const context = {
    awsRequestId: crypto.randomUUID(),
    getRemainingTimeInMillis: () => remainingMs - (Date.now() - startedAt),
  };
  try {
    return { returned: await handler(event, context) };
  } catch (error) {
    return { threw: error.message };
  }
}

parentPort.on('message', async (asked) => {
  offMs = asked.offMs;
  const result = await invoke(asked);
  const lines = written.splice(0).join('').split('\n');
  parentPort.postMessage({ ...result, lines: lines.filter((line) => line !== '') });
});
