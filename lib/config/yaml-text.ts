import type { LineCounter } from 'yaml';
import type { Path } from './problems.ts';
import { parsePart } from './yaml-part.ts';
import { parseSections } from './yaml-sections.ts';
import type { TextFault, Yaml } from './yaml-values.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text that was read: its values, what is wrong with the text itself, and the way back from a value to its place. */
export interface ReadText {
  /** Undefined where the text is so wrong that nothing of it can be judged. */
  readonly value: unknown;
  readonly faults: readonly (Position & { readonly path: Path; readonly says: string })[];
  readonly positionOf: (path: Path, on: 'key' | 'value') => Position;
  /** How a number is written: `0200`. Undefined for any other value. */
  readonly numeralAt: (path: Path) => string | undefined;
}

const MAX_CHARACTERS = 16_000_000;
/** The parser needs up to 700 bytes for each of these; more would exhaust the memory. */
const MAX_MARKS = 3_000_000;
const MAX_FAULTS = 20;
/** From here on, parsing in sections is worth it. */
const LARGE_CHARACTERS = 100_000;

/**
 * Reads YAML. Never throws: depth, size and nonsense become faults. Texts of at least `sectionsFrom` characters are
 * parsed in sections where they allow it, which is faster and means the same.
 */
export async function readYaml(text: string, sectionsFrom = LARGE_CHARACTERS): Promise<ReadText> {
  const tooLarge = sizeFault(text);
  if (tooLarge !== undefined) return unreadable(tooLarge);
  const yaml = await import('yaml');
  try {
    return read(yaml, text.replace(/^\uFEFF/, ''), sectionsFrom);
  } catch (error) {
    if (error instanceof RangeError) return unreadable('is nested too deeply to be read; write it flatter');
    throw error;
  }
}

function read(yaml: Yaml, text: string, sectionsFrom: number): ReadText {
  const part = (text.length < sectionsFrom ? undefined : parseSections(yaml, text)) ?? parsePart(yaml, text);
  const positionAt = createPositions(yaml, text);
  const place = ({ offset, ...fault }: TextFault) => ({ ...fault, ...positionAt(offset) });
  if (part.syntax.length > 0) {
    return { ...unreadable(''), faults: part.syntax.slice(0, MAX_FAULTS).map(place) };
  }
  if (part.value === undefined && part.faults.length === 0) {
    return unreadable('the file is empty; write version: 1 and clusters');
  }
  return {
    value: part.value,
    faults: part.faults.map(place),
    positionOf: (path, on) => positionAt(part.offsetOf(path, on)),
    numeralAt: part.numeralAt,
  };
}

function unreadable(says: string): ReadText {
  const start = { line: 1, column: 1 };
  return {
    value: undefined,
    faults: [{ ...start, path: [], says }],
    positionOf: () => start,
    numeralAt: () => undefined,
  };
}

function sizeFault(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS) {
    return `the file has ${Math.round(text.length / 1e6)} million characters; ${MAX_CHARACTERS / 1e6} million are read, use several files`;
  }
  const marks = countMarks(text);
  return marks > MAX_MARKS
    ? `the file holds more than ${MAX_MARKS / 1e6} million marks of punctuation; use several files`
    : undefined;
}

/** What makes the parser's tokens: punctuation and line ends. */
function countMarks(text: string): number {
  let marks = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (
      code === 10 ||
      (code > 32 && code < 48) ||
      (code > 57 && code < 65) ||
      code === 91 ||
      code === 93 ||
      code > 122
    ) {
      marks += 1;
    }
  }
  return marks;
}

/** Lines are counted here: the parser's own count misses those within some faulty texts. */
function createPositions(yaml: Yaml, text: string): (offset: number) => Position {
  let lines: LineCounter | undefined;
  const countLines = () => {
    const counter = new yaml.LineCounter();
    counter.addNewLine(0);
    for (const { index } of text.matchAll(/\n/g)) counter.addNewLine(index + 1);
    return counter;
  };
  return (offset) => {
    lines ??= countLines();
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
}
