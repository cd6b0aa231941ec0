import { compilePattern, type Pattern, type PatternToken } from '../search/pattern.ts';

const WILDCARDS: { readonly [sign: string]: PatternToken } = {
  '%': { kind: 'any' },
  _: { kind: 'one' },
};

/** The pattern of a LIKE: `%` is any text, `_` one character, all else itself. */
export function likePattern(text: string, caseSensitive: boolean): Pattern {
  const tokens = text
    .split(/([%_])/)
    .filter((part) => part !== '')
    .map((part): PatternToken => WILDCARDS[part] ?? { kind: 'text', text: part });
  return compilePattern(tokens, { caseSensitive });
}
