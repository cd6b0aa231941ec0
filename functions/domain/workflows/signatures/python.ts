import {
  type Arg,
  type ExprNode,
  type FunctionDef,
  type Module,
  parse,
  unparse,
  walk,
} from 'py-ast';

export type { Arg, ExprNode, FunctionDef, Module };

/** The syntax tree of a module, in the shape of CPython's own; throws for what is no Python. */
export function parsePython(code: string): Module {
  // Form feeds separate pages; the parser does not know them as the white space that they are.
  const tree = parse(code.replaceAll('\f', ''));
  for (const node of walk(tree)) {
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
  for (const node of walk(expression)) {
    if (node.nodeType !== 'Constant' || node.quote_style === undefined) continue;
    node.quote_style = plainQuotes(String(node.value), node.quote_style, node.kind);
  }
  return unparse(expression);
}
