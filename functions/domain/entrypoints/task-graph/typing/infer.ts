import type { Expression, Reference } from '../ast.ts';
import { isExactNumber, type JsonValue, literalType } from '../json.ts';
import { type Effort, spend } from './effort.ts';
import { builtin, type Type } from './type.ts';

/** The type of an argument; what a reference means is asked for. */
export function typeOfExpression(
  expression: Expression,
  typeOfReference: (reference: Reference) => Type,
  effort: Effort,
): Type {
  const typeOf = (part: Expression) => typeOfExpression(part, typeOfReference, effort);
  spend(effort);
  switch (expression.kind) {
    case 'literal':
      return builtin[expression.type];
    case 'reference':
      return typeOfReference(expression);
    case 'list':
      return { kind: 'tuple', name: null, items: expression.items.map(typeOf) };
    default: {
      const properties = new Map(
        [...expression.entries].map(([name, part]) => [name, typeOf(part)] as const),
      );
      return { kind: 'record', name: null, properties };
    }
  }
}

/** The type of a value in which a dollar sign has no meaning. */
export function typeOfValue(value: JsonValue, effort: Effort): Type {
  const typeOf = (part: JsonValue) => typeOfValue(part, effort);
  spend(effort);
  if (typeof value !== 'object' || value === null || isExactNumber(value)) {
    return builtin[literalType(value)];
  }
  if (Array.isArray(value)) return { kind: 'tuple', name: null, items: value.map(typeOf) };
  const properties = new Map(
    Object.entries(value).map(([name, part]) => [name, typeOf(part)] as const),
  );
  return { kind: 'record', name: null, properties };
}
