import { expect, test } from 'vitest';
import { webAddress } from '../lib/web-address.ts';

test.each([
  ['https://wiki.example/adot', 'https://wiki.example/adot'],
  ['http://wiki.example', 'http://wiki.example/'],
  [
    'https://wiki.example/?a=<1>|2`3\\4"5 6#<7>|8\\9',
    'https://wiki.example/?a=%3C1%3E%7C2%603%5C4%225%206#%3C7%3E%7C8%5C9',
  ],
])('%s is opened as %s', (text, address) => {
  expect(webAddress(text)).toBe(address);
});

test.each([
  'javascript:alert(1)',
  'file:///etc/passwd',
  'wiki',
  '',
  'https://me:word@wiki.example/',
  'https://me@wiki.example/',
  `https://wiki.example/${'x'.repeat(2000)}`,
])('%.40j is no address to open', (text) => {
  expect(webAddress(text)).toBeUndefined();
});
