import { test } from 'vitest';
import { answersAreRead, refusalsAreRead } from './hostile.ts';

test('whatever a server sends as an answer, it is rows of numbers or invalid-response', () => {
  answersAreRead(1000);
});

test('whatever a server sends as a refusal, it has one of the reasons and harmless words', () => {
  refusalsAreRead(1000);
});
