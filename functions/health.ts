/**
 * Where a function writes how it fared: standard output, which CloudWatch reads metrics from, as the deployment that `STAGE`
 * names. Where nothing names it, it is the one that serverless.yml makes by default.
 */
export function healthOutput(): { readonly stage: string; readonly emit: (line: string) => void } {
  return {
    stage: process.env['STAGE']?.trim() || 'live',
    emit: (line) => void process.stdout.write(`${line}\n`),
  };
}
