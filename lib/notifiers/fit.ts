/**
 * The largest rendering that fits, dropping whole entries from the end; without any entry where nothing fits. `render`
 * is given how many entries to write out.
 */
export function fitting<T>(entries: number, render: (count: number) => T, fits: (rendered: T) => boolean): T {
  for (let count = entries; count > 0; count -= 1) {
    const rendered = render(count);
    if (fits(rendered)) return rendered;
  }
  return render(0);
}
