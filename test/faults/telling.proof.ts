import { test } from 'vitest';
import { type Fault, faults } from '../../rehearsal/faults.ts';
import { breakTelling, type Cell, tellers } from './telling.ts';

const everyFault = Object.keys(faults) as Fault[];

test.each(tellers.filter((service) => service !== 'DYNAMODB'))('%s, broken in every way', async (service) => {
  await breakTelling(everyFault.map((fault): Cell => ({ service, fault })));
});

test.each([0, 1, 2, 3, 4, 5, 6, 8, 10])('DYNAMODB, broken in every way after %i requests', async (after) => {
  await breakTelling(everyFault.map((fault): Cell => ({ service: 'DYNAMODB', fault, after })));
});
