import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { ROOT } from '../support/process.ts';

export interface Answer {
  readonly returned?: unknown;
  readonly threw?: string;
}

/** One execution environment of a function: its first invocation is cold, the others are warm. */
export interface Environment {
  readonly invoke: (event: unknown) => Promise<Answer>;
  /** Everything that left the process. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

interface Settings {
  /** Where the bundles are; the handler is below it. */
  readonly root: string;
  /** `dist/verify.handler` */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
}

/** Lambda's runtime API on loopback, and a process beside it that runs the handler as the managed runtime does. */
export async function startEnvironment({ root, handler, timeoutMs, env }: Settings): Promise<Environment> {
  let waiting: ServerResponse | undefined;
  let offered: { readonly id: string; readonly event: unknown } | undefined;
  let answered: ((answer: Answer) => void) | undefined;
  const offer = (): void => {
    if (!waiting || !offered) return;
    waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': offered.id,
      'lambda-runtime-deadline-ms': String(Date.now() + timeoutMs),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:eu-west-1:111122223333:function:${handler}`,
      'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0',
    });
    waiting.end(JSON.stringify(offered.event));
    waiting = undefined;
    offered = undefined;
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.endsWith('/invocation/next')) {
      waiting = response;
      offer();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(202).end();
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const failed = body as { readonly errorMessage?: string } | null;
      answered?.(path.endsWith('/response') ? { returned: body } : { threw: failed?.errorMessage ?? '' });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const child = spawn(process.execPath, [join(ROOT, 'test/lambda/bootstrap.mjs')], {
    cwd: root,
    env: {
      ...env,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      LAMBDA_TASK_ROOT: root,
      _HANDLER: handler,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.on('exit', (code) => answered?.({ threw: `the process ended with ${code}: ${output}` }));
  return {
    invoke: (event) =>
      new Promise((resolve) => {
        answered = resolve;
        offered = { id: randomUUID(), event };
        offer();
      }),
    output: () => output,
    stop: async () => {
      answered = undefined;
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      server.closeAllConnections();
      server.close();
    },
  };
}
