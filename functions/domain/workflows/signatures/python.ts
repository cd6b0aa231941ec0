import { type Arg, type ExprNode, type FunctionDef, type Module, parse, unparse } from 'py-ast';

export type { Arg, ExprNode, FunctionDef, Module };

/** Levels of a syntax tree; the parser's own stack allows more, but what follows takes long for them. */
const MAX_LEVELS = 1_000;

type SyntaxNode = Parameters<typeof unparse>[0];

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'nodeType' in value;

/**
 * All nodes of a tree, in no order that means anything; a RangeError where it is too deep.
 * The parser's own walk passes each node through a generator for each level above it.
 */
function* nodesOf(root: SyntaxNode): Generator<SyntaxNode> {
  const open: { readonly node: SyntaxNode; readonly level: number }[] = [{ node: root, level: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, level } = next;
    if (level > MAX_LEVELS) throw new RangeError('The syntax tree is too deep.');
    yield node;
    for (const child of Object.values(node).flat()) {
      if (isNode(child)) open.push({ node: child, level: level + 1 });
    }
  }
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

/** The code of an expression in one fixed form, whatever spaces and quotes it was written with. */
export function codeOf(expression: ExprNode): string {
  for (const node of nodesOf(expression)) {
    if (node.nodeType !== 'Constant' || node.quote_style === undefined) continue;
    node.quote_style = plainQuotes(String(node.value), node.quote_style, node.kind);
  }
  return unparse(expression);
}
