import { deeper, type Effort, newEffort, spend } from './effort.ts';
import { builtin, type SimpleType, type StructuredType, type Type } from './type.ts';

function isA(type: SimpleType, ancestor: SimpleType): boolean {
  for (let current: SimpleType | null = type; current; current = current.parent) {
    if (current.name === ancestor.name) return true;
  }
  return false;
}

/** Neither both named nor unions: what they are made of decides. */
function structuresFit(given: StructuredType, wanted: StructuredType, effort: Effort): boolean {
  const fits = (part: Type, other: Type) => isCompatible(part, other, effort);
  if (given.kind === 'tuple' && wanted.kind === 'list') {
    return given.items.every((item) => fits(item, wanted.item));
  }
  if (given.kind === 'record' && wanted.kind === 'mapping') {
    return (
      wanted.key.name === builtin.string.name &&
      [...given.properties.values()].every((part) => fits(part, wanted.value))
    );
  }
  if (given.kind === 'list' && wanted.kind === 'list') return fits(given.item, wanted.item);
  if (given.kind === 'tuple' && wanted.kind === 'tuple') {
    return (
      given.items.length === wanted.items.length &&
      given.items.every((item, place) => fits(item, wanted.items[place] ?? builtin.null))
    );
  }
  if (given.kind === 'mapping' && wanted.kind === 'mapping') {
    return fits(given.key, wanted.key) && fits(given.value, wanted.value);
  }
  if (given.kind !== 'record' || wanted.kind !== 'record') return false;
  if (given.properties.size !== wanted.properties.size) return false;
  return [...given.properties].every(([name, part]) => {
    const other = wanted.properties.get(name);
    return other !== undefined && fits(part, other);
  });
}

function compare(given: Type, wanted: Type, effort: Effort): boolean {
  if (given.kind === 'union') {
    return given.members.every((member) => isCompatible(member, wanted, effort));
  }
  if (wanted.kind === 'union') {
    return wanted.members.some((member) => isCompatible(given, member, effort));
  }
  if (given.kind === 'simple' || wanted.kind === 'simple') {
    return given.kind === 'simple' && wanted.kind === 'simple' && isA(given, wanted);
  }
  // Two names are two meanings, even if the structures are alike.
  if (given.name !== null && wanted.name !== null) return false;
  return structuresFit(given, wanted, effort);
}

/**
 * Whether a value of one type may be given where another is wanted. `any` takes everything, but a
 * value of type `any` fits nothing else.
 */
export function isCompatible(given: Type, wanted: Type, effort: Effort = newEffort()): boolean {
  spend(effort);
  if (wanted.name === builtin.any.name) return true;
  if (given.name !== null && given.name === wanted.name) return true;
  const known = effort.known.get(given) ?? new Map<Type, boolean>();
  const before = known.get(wanted);
  if (before !== undefined) return before;
  const result = deeper(effort, () => compare(given, wanted, effort));
  effort.known.set(given, known.set(wanted, result));
  return result;
}
