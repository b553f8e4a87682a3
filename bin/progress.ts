/** One line on a terminal's standard error that is rewritten as clusters are done, and gone at the end. */
export function progress(stream: NodeJS.WriteStream): { show: (line: string) => void; clear: () => void } {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  const rewrite = (line: string): void => {
    stream.write(`\r\u001b[2K${line.slice(0, Math.max(10, stream.columns - 1))}`);
  };
  return { show: rewrite, clear: () => rewrite('') };
}
