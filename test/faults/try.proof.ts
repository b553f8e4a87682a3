import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
import { type Fault, faults } from '../../rehearsal/faults.ts';
import { backends } from './backends.ts';
import { live } from './life.ts';
import { deployedStack } from './stack.ts';

const deployed = deployedStack();
const only = process.env['ONLY']?.split(',') ?? backends;
const ways = (process.env['FAULTS']?.split(',') ?? Object.keys(faults)) as Fault[];
test.concurrent.each(backends.filter((one) => only.includes(one)))(
  '%s',
  async (backend) => {
    const stack = await deployed.start();
    await stack.minute();
    for (const fault of ways) {
      const t = Date.now();
      const life = await live(stack, [{ backend, fault }]);
      const heard = Object.entries(life.heard)
        .map(
          ([c, { failing, recovered, wrong }]) =>
            `${c} ${failing}/${recovered}${wrong.length > 0 ? JSON.stringify(wrong) : ''}`,
        )
        .join(' ');
      appendFileSync(
        '/tmp/faults.txt',
        `${backend} | ${fault} | ${heard} | pings ${JSON.stringify(life.pings)} | defects ${life.defects.length} | ${Date.now() - t}ms\n${[
          ...new Set(
            life.said.map((l) =>
              l
                .replace(/.*"message":/, '')
                .replace(/"timestamp.*?requestId":"[^"]*",/, '')
                .slice(0, 330),
            ),
          ),
        ]
          .map((l) => `     ${l}\n`)
          .slice(0, 12)
          .join('')}${life.defects.join('\n')}`,
      );
    }
    await stack.close();
  },
  3_600_000,
);
