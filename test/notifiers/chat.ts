import { expect } from 'vitest';

/**
 * Fails where a chat that reads mrkdwn would take text from outside as its own. What was said stands in code marks, or
 * is so plain that it means nothing; `links` are the only ones that may be there.
 */
export function expectOnlyText(mrkdwn: string, links: RegExp): void {
  const withoutLinks = mrkdwn.replaceAll(links, '');
  expect(withoutLinks).not.toMatch(/[<>]/);
  expect(withoutLinks).not.toMatch(/&(?!(?:amp|lt|gt);)/);
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  expect(withoutLinks).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028\u2029]/);
  const outsideCode = withoutLinks.replaceAll(/`[^`\n]*`/g, 'C');
  expect(outsideCode).not.toContain('`');
  const ours = outsideCode.replaceAll(/^\*[^*\n]+\*(?= |$)/gm, '').replaceAll(/^• \*new\*/gm, '');
  expect(ours).not.toMatch(/[*_~@#[\]]/);
  expect(ours).not.toMatch(/:[\w+'-]+:(?![0-9]{2})|:\/\/|[\p{L}_]\.[\p{L}_]/u);
}
