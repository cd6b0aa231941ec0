import { isDottedName } from './imported-names.ts';
import { type ExprNode, isStringLiteral } from './python.ts';

/** Types of every group that annotations of Python have other names for. */
const SAME_AS: ReadonlyMap<string, string> = new Map([
  ['str', 'string'],
  ['int', 'integer'],
  ['float', 'number'],
  ['bool', 'boolean'],
  ['None', 'null'],
]);

export const isNone = (node: ExprNode): boolean =>
  node.nodeType === 'Constant' && node.value === null;

/** The text that a type's name is made of; undefined for annotations that suggest none. */
function suggestion(annotation: ExprNode, code: string): string | undefined {
  if (isNone(annotation)) return 'null';
  if (annotation.nodeType === 'Name') return annotation.id;
  if (isStringLiteral(annotation)) return annotation.value;
  const isUsual = annotation.nodeType === 'Subscript' || annotation.nodeType === 'BinOp';
  return isUsual || isDottedName(annotation) ? code : undefined;
}

/** The name of a type by an annotation and its code, e.g. `list[int]` → `list_int`; undefined where none fits. */
export function typeName(annotation: ExprNode, code: string): string | undefined {
  const plain = suggestion(annotation, code)
    ?.toLowerCase()
    .replaceAll(' ', '')
    .trim()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_|_$/g, '');
  const name = SAME_AS.get(plain ?? '') ?? plain;
  return name !== undefined && /^\p{L}/u.test(name) ? name : undefined;
}
