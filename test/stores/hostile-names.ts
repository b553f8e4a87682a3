/** Names that break file systems, objects and keys. */
export const HOSTILE = [
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '.',
  'a/b\\c:d*e?',
  'prod-eu',
  'Prod-EU',
  'PROD-EU',
  'x'.repeat(200),
  `${'x'.repeat(199)}y`,
  '👩‍🚀'.repeat(40),
  'Zürich – 東京',
  'a%2fb',
  'con',
];
