import { test } from 'vitest';
import { breakTelling } from './telling.ts';

test('what is owed is told later, once, whichever way the memory or a channel broke', async () => {
  await breakTelling([
    { service: 'DYNAMODB', fault: 'denied', after: 2 },
    { service: 'DYNAMODB', fault: 'huge', after: 4 },
    { service: 'SNS', fault: 'empty 200' },
    { service: 'SSM', fault: 'other JSON' },
    { service: 'SLACK', fault: 'page' },
  ]);
}, 120_000);
