#!/usr/bin/env node
/** What the package's command begins with: any Node can read it, so that one that is too old is told so. */
const [major] = process.versions.node.split('.');
if (Number(major) >= 24) {
  await import('./plumbline.ts');
} else {
  process.stderr.write(`plumbline needs Node 24; this is v${process.versions.node}\n`);
  process.exitCode = 2;
}
