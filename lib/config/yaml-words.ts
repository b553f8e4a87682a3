import type { ErrorCode } from 'yaml';

const NOT_YAML = 'this is not YAML; check the indentation, the colons and the quotes around here';

/** What the parser's errors mean for users, and what to write instead. No word of the text itself is told. */
export const syntaxWords: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag; write *name alone',
  BAD_ALIAS:
    'this alias or anchor has no usable name; write *name or &name, and quote a text that begins with * or &',
  BAD_COLLECTION_TYPE: 'tags such as !!set are not known here; remove the tag',
  BAD_DIRECTIVE:
    'directives such as %YAML are not known here; remove the line, and quote a text that begins with %',
  BAD_DQ_ESCAPE:
    "this escape is not known in double quotes; write '…' in single quotes, where \\ stands for itself",
  BAD_INDENT:
    'the indentation is wrong, or a bracket before it is open; keys of one mapping begin in one column',
  BAD_PROP_ORDER: 'anchors and tags come before the value; write key: &name value',
  BAD_SCALAR_START: 'a text cannot begin with this character; write it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a value cannot be followed by another colon on its line; write the text in quotes, or a new line',
  BLOCK_IN_FLOW:
    'inside of [ ] or { } there are no - items or indented keys; write [a, b] and { key: value }',
  DUPLICATE_KEY: 'this key is written twice in one mapping; keep one of the two',
  IMPOSSIBLE: NOT_YAML,
  KEY_OVER_1024_CHARS: 'this key is longer than 1024 characters; write a shorter one',
  MISSING_CHAR:
    'a colon, comma, space, quote or bracket is missing, or the indentation is wrong; write key: value',
  MULTILINE_IMPLICIT_KEY: 'a key cannot span lines; end the line before with a colon or close its quotes',
  MULTIPLE_ANCHORS: 'a value has one anchor at most; keep one &name',
  MULTIPLE_DOCS: 'a second document begins here; a configuration is one, so remove --- or use several files',
  MULTIPLE_TAGS: 'tags are not known here; remove them',
  NON_STRING_KEY: 'this is not a key; write one plain text before the colon',
  RESOURCE_EXHAUSTION: 'this is nested too deeply to be read; write it flatter',
  TAB_AS_INDENT: 'a tab cannot indent; write spaces',
  TAG_RESOLVE_FAILED:
    'tags such as !Ref are not known here; remove the tag, and quote a text that begins with !',
  UNEXPECTED_TOKEN: NOT_YAML,
};
