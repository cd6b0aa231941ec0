import { Composer, type CST, type Document, Lexer, type ParsedNode, Parser } from 'yaml';
import { graphLimits } from './limits.ts';

/** The text is no YAML that we accept; thrown inside this folder only. */
export class YamlRefusal extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

// Control characters but tab and line ends, and halves of surrogate pairs, are no YAML at all.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|\p{Surrogate}/u;

/** Syntax tokens, checked while they arrive: the composer, which is recursive, sees only bounded ones. */
function* boundedTokens(text: string): Generator<CST.Token, void> {
  const parser = new Parser();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > graphLimits.lexemes) {
      throw new YamlRefusal(`more than ${graphLimits.lexemes} tokens`, parser.offset);
    }
    yield* withoutErrors(parser.next(lexeme));
    if (parser.stack.length > graphLimits.depth) {
      throw new YamlRefusal(`nested deeper than ${graphLimits.depth} levels`, parser.offset);
    }
  }
  yield* withoutErrors(parser.end());
}

function* withoutErrors(tokens: Iterable<CST.Token>): Generator<CST.Token, void> {
  for (const token of tokens) {
    if (token.type === 'error') throw new YamlRefusal(token.message, token.offset);
    yield token;
  }
}

function firstOffset(source: unknown): number {
  if (typeof source === 'number') return source;
  if (Array.isArray(source)) return firstOffset(source[0]);
  const offset = (source as { offset?: unknown } | null)?.offset;
  return typeof offset === 'number' ? offset : 0;
}

/**
 * One document whose scalars are all still text.
 *
 * The composer gathers errors and goes on, and a hostile text has a hundred thousand of them: ours
 * stops at the first.
 */
export function composeDocument(text: string): Document.Parsed<ParsedNode> {
  if (text.length > graphLimits.text) {
    throw new YamlRefusal(`longer than ${graphLimits.text} characters`, 0);
  }
  const odd = text.search(unprintable);
  if (odd >= 0) throw new YamlRefusal('a character that YAML does not allow', odd);
  const composer = new Composer({ schema: 'failsafe', version: '1.1', uniqueKeys: false });
  let refusal: YamlRefusal | undefined;
  Object.assign(composer, {
    onError: (source: unknown, _code: string, message: string, warning?: boolean) => {
      if (warning === true) return;
      // The composer catches what is thrown and reports it again from each level above.
      refusal ??= new YamlRefusal(message, firstOffset(source));
      throw refusal;
    },
  });
  let first: Document.Parsed<ParsedNode> | undefined;
  for (const document of composer.compose(boundedTokens(text), true, text.length)) {
    if (first) throw new YamlRefusal('more than one document', document.range[0]);
    first = document;
  }
  if (!first) throw new YamlRefusal('no document', 0);
  const [error] = first.errors;
  if (error) throw new YamlRefusal(error.message, error.pos[0]);
  return first;
}
