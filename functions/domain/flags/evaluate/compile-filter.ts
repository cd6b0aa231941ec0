import type { Property } from './filters.ts';
import { OPERATORS, type Test } from './operators.ts';

/** Whose properties are looked at: those of a person, or of the group of a type. */
export type Source = number | null;

/** A filter that was read once and is asked many times. */
export type CompiledFilter =
  | {
      readonly kind: 'property';
      readonly key: string;
      readonly source: Source;
      readonly test: Test;
      /** Whether those who lack the property are meant. */
      readonly ifMissing: boolean;
    }
  | { readonly kind: 'flag'; readonly key: string; readonly value: boolean | string }
  /** Nobody fits, whatever is known of them. */
  | { readonly kind: 'never' }
  /** What it asks for is not known here. */
  | { readonly kind: 'unknown' };

const never: Test = () => false;

/** Without its operator or a value to compare with, nobody fits. */
function ofFlag({ key, operator, value }: Property): CompiledFilter {
  const isValue = typeof value === 'boolean' || typeof value === 'string';
  return operator === 'flag_evaluates_to' && isValue
    ? { kind: 'flag', key, value }
    : { kind: 'never' };
}

const isOfGroup = ({ type, group_type_index }: Property): boolean =>
  type === 'group' && typeof group_type_index === 'number';

export function compileFilter(property: Property, aggregation: Source): CompiledFilter {
  if (property.type === 'flag') return ofFlag(property);
  const operator = OPERATORS.get(property.operator || 'exact');
  const isOfOne = ['person', 'group'].includes(property.type || 'person');
  if (operator === undefined || !isOfOne) return { kind: 'unknown' };
  return {
    kind: 'property',
    key: property.key,
    source: isOfGroup(property) ? (property.group_type_index ?? null) : aggregation,
    test: operator.read(property.value) ?? never,
    ifMissing:
      operator.ifMissing === true &&
      (property.value !== undefined || property.operator === 'is_not_set'),
  };
}
