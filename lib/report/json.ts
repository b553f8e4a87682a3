/** The report (or a schema) as indented JSON with a final newline. */
export function json(report: unknown): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
