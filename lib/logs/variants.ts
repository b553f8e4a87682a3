import { NOTHING_PUT_IN } from './stream-names.ts';

/**
 * What a log group would be called if one part of its path had come from a placeholder without a value: the literal
 * `undefined` (awsemf), or nothing, which leaves two slashes (an unset environment variable in the collector's
 * configuration).
 */
export function variantsOf(name: string): readonly string[] {
  const parts = name.split('/');
  const variants = parts.flatMap((part, index) =>
    part === '' ? [] : [NOTHING_PUT_IN, ''].map((instead) => parts.with(index, instead).join('/')),
  );
  return [...new Set(variants)].filter((variant) => variant !== name && variant !== '');
}
