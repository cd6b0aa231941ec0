import { conditionsOf, type Filters } from './filters.ts';

/** A value that fits, where the operator says which; else there is none to tell. */
function exampleOf(operator: string | null | undefined, value: unknown): string {
  const [first] = Array.isArray(value) ? value : [value];
  const fits = operator === undefined || operator === null || operator === 'exact';
  const isText = typeof first === 'string' || typeof first === 'number';
  return fits && isText ? String(first) : '…';
}

/** Properties of persons that the conditions look at, each once, with an example. */
export function askedProperties(filters: Filters): readonly (readonly [string, string])[] {
  return conditionsOf(filters)
    .flatMap(({ properties }) => properties ?? [])
    .filter(({ type }) => type === undefined || type === null || type === 'person')
    .filter(({ key }, at, all) => all.findIndex((each) => each.key === key) === at)
    .map(({ key, operator, value }) => [key, exampleOf(operator, value)] as const);
}
