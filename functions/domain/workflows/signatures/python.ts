import { type Arg, type ExprNode, type FunctionDef, type Module, parse, unparse } from 'py-ast';

export type { Arg, ExprNode, FunctionDef, Module };

/** Levels of a syntax tree; the parser's own stack allows more, but what follows takes long for them. */
const MAX_LEVELS = 1_000;

/** Of an annotation: in its tree, in its code, and the largest number, since printing one takes long. */
const MAX_NODES = 1_000;
const MAX_CHARACTERS = 10_000;
const MAX_NUMBER = 2n ** 16_384n;

type SyntaxNode = Parameters<typeof unparse>[0];

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'nodeType' in value;

/**
 * All nodes of a tree, in no order that means anything; a RangeError where it is too deep.
 * The parser's own walk passes each node through a generator for each level above it.
 */
function nodesOf(root: SyntaxNode): readonly SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  let level: readonly SyntaxNode[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_LEVELS) throw new RangeError('The syntax tree is too deep.');
    const below: SyntaxNode[] = [];
    for (const node of level) {
      nodes.push(node);
      for (const child of Object.values(node)) {
        if (isNode(child)) below.push(child);
        else if (Array.isArray(child)) for (const one of child) if (isNode(one)) below.push(one);
      }
    }
    level = below;
  }
  return nodes;
}

/** The syntax tree of a module, in the shape of CPython's own; throws for what is no Python. */
export function parsePython(code: string): Module {
  // Form feeds separate pages; the parser does not know them as the white space that they are.
  const tree = parse(code.replaceAll('\f', ''));
  for (const node of nodesOf(tree)) {
    // A clause without what it is for; everything else of the grammar the parser checks itself.
    const isBare = 'handlers' in node && node.handlers.length === 0 && node.finalbody.length === 0;
    if (isBare) throw new Error('A "try" needs an "except" or a "finally".');
  }
  return tree;
}

/** Whether it is a string literal; the parser has texts for `...` and complex numbers, too. */
export const isStringLiteral = (node: ExprNode): node is ExprNode & { readonly value: string } =>
  node.nodeType === 'Constant' &&
  typeof node.value === 'string' &&
  node.quote_style !== undefined &&
  !/b/i.test(node.quote_style);

/** Quotes as Python itself prints them: single ones, unless that saves escapes. */
const plainQuotes = (value: string, style: string, kind: string | undefined): string => {
  const prefix = /b/i.test(style) ? 'b' : (kind ?? '');
  return prefix + (value.includes("'") && !value.includes('"') ? '"' : "'");
};

const tooLong = (): Error => new Error('an annotation is too long.');

/**
 * The code of an annotation in one fixed form, whatever spaces and quotes it was written with.
 * Throws where it is longer than any that is meant for people.
 */
export function codeOf(annotation: ExprNode): string {
  const nodes = nodesOf(annotation);
  if (nodes.length > MAX_NODES) throw tooLong();
  for (const node of nodes) {
    if (node.nodeType !== 'Constant') continue;
    if (typeof node.value === 'bigint' && node.value > MAX_NUMBER) throw tooLong();
    if (node.quote_style === undefined) continue;
    node.quote_style = plainQuotes(String(node.value), node.quote_style, node.kind);
  }
  const code = unparse(annotation);
  if (code.length > MAX_CHARACTERS) throw tooLong();
  return code;
}
