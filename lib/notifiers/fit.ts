/** The text on one line, whatever it holds. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').toWellFormed();
}

/**
 * The largest rendering that fits, dropping whole entries from the end; without any entry where nothing fits. `render`
 * is given how many entries to write out; more entries never make it smaller.
 */
export function fitting<T>(entries: number, render: (count: number) => T, fits: (rendered: T) => boolean): T {
  const all = render(entries);
  if (fits(all)) return all;
  let best = 0;
  let tooMany = entries;
  while (tooMany - best > 1) {
    const middle = Math.floor((best + tooMany) / 2);
    if (fits(render(middle))) best = middle;
    else tooMany = middle;
  }
  return render(best);
}

/** As many whole lines as fit; one that does not is left out. */
export function linesWithin(
  lines: readonly string[],
  limit: number,
  sizeOf: (text: string) => number,
  between = '\n',
): string {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines) {
    const more = sizeOf(`${line}${between}`);
    if (size + more > limit) continue;
    size += more;
    kept.push(line);
  }
  return kept.join(between);
}

/** All of them, or as many from the beginning as fit and how many more there are. */
export function listWithin(
  lines: readonly string[],
  limit: number,
  sizeOf: (text: string) => number,
): string {
  const render = (count: number) =>
    [...lines.slice(0, count), ...(count < lines.length ? [`and ${lines.length - count} more`] : [])].join(
      '\n',
    );
  return fitting(lines.length, render, (text) => sizeOf(text) <= limit);
}
