export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly goal: string;
}

/** Prints a table with aligned columns. */
export function printTable(title: string, rows: readonly Row[]): void {
  const columns = ['what', 'measured', 'goal'] as const;
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  process.stdout.write(`\n${title}\n${line(columns)}\n`);
  for (const row of rows) process.stdout.write(`${line(columns.map((column) => row[column]))}\n`);
}

/** The median of the runs, in milliseconds. */
export async function medianMs(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

export const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)}×`;
export const ms = (milliseconds: number): string => `${Math.round(milliseconds)} ms`;
