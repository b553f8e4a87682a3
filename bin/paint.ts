import { styleText } from 'node:util';
import { noPaint, type Paint } from '../lib/report/text.ts';

const STYLES = { ok: 'green', failing: 'red', unknown: 'yellow', faint: 'dim', strong: 'bold' } as const;

/** Colours where the stream is a terminal that wants them; honours NO_COLOR, FORCE_COLOR and NODE_DISABLE_COLORS. */
export function paintFor(stream: NodeJS.WriteStream | undefined): Paint {
  if (!stream) return noPaint;
  return (meaning, text) => styleText(STYLES[meaning], text, { stream, validateStream: true });
}
