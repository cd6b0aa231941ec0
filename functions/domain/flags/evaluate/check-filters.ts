import { invalid } from '#kernel/errors.ts';
import { documentProblem } from './bounds.ts';
import { dateOf } from './dates.ts';
import { Filters, type Group, type Property } from './filters.ts';
import { DATE_OPERATORS, OPERATORS } from './operators.ts';

/** What is wrong with a document, and where: parts of `attr` are joined by `__`. */
export interface FilterProblem {
  readonly attr: string;
  readonly message: string;
}

const TYPES = ['person', 'group', 'cohort', 'flag'];
const COHORT_OPERATORS = ['in', 'not_in', 'exact'];
/** Percentages such as 33.33 do not add up exactly. */
const TOLERANCE = 1e-6;

const whole = (message: string): FilterProblem => ({ attr: 'filters', message });

const at = (path: readonly PropertyKey[]): string => ['filters', ...path.map(String)].join('__');

const groupsOf = (filters: Filters): readonly Group[] => [
  ...(filters.groups ?? []),
  ...(filters.super_groups ?? []),
  ...(filters.holdout_groups ?? []),
];

function* variantProblems(filters: Filters): Generator<FilterProblem> {
  const variants = filters.multivariate?.variants ?? [];
  if (variants.length === 0) return;
  const sum = variants.reduce((all, { rollout_percentage }) => all + rollout_percentage, 0);
  if (Math.abs(sum - 100) > TOLERANCE) {
    yield whole('Invalid variant definitions: Variant rollout percentages must sum to 100.');
  }
  if (new Set(variants.map(({ key }) => key)).size < variants.length) {
    yield whole('Invalid variant definitions: Variant keys must be unique.');
  }
}

function* overrideProblems(filters: Filters): Generator<FilterProblem> {
  const keys = (filters.multivariate?.variants ?? []).map(({ key }) => key);
  const overrides = (filters.groups ?? []).flatMap(({ variant }) => (variant ? [variant] : []));
  if (overrides.some((variant) => !keys.includes(variant))) {
    yield whole('Filters are not valid (variant override does not exist)');
  }
}

const typeProblem = ({ type }: Property): string | undefined =>
  TYPES.includes(type || 'person')
    ? undefined
    : 'Filters are not valid (can only use person and cohort properties)';

function operatorProblem({ type, operator, key }: Property): string | undefined {
  const name = operator || 'exact';
  if (type === 'flag') {
    if (name === 'flag_evaluates_to') return undefined;
    return `The filter on the flag "${key}" must have the operator flag_evaluates_to.`;
  }
  const isKnown = type === 'cohort' ? COHORT_OPERATORS.includes(name) : OPERATORS.has(name);
  return isKnown ? undefined : `The filter on "${key}" has the unknown operator "${name}".`;
}

function valueProblem({ type, operator, value, key }: Property): string | undefined {
  if (type === 'flag') {
    if (typeof value === 'boolean' || typeof value === 'string') return undefined;
    return `The filter on the flag "${key}" must ask for true, false or a variant.`;
  }
  if (!DATE_OPERATORS.includes(operator ?? '') || dateOf(value, 0) !== undefined) return undefined;
  return `Invalid date value: ${String(JSON.stringify(value)).slice(0, 100)}`;
}

function* propertyProblems(filters: Filters): Generator<FilterProblem> {
  for (const property of groupsOf(filters).flatMap((group) => group.properties ?? [])) {
    const message = typeProblem(property) ?? operatorProblem(property) ?? valueProblem(property);
    if (message !== undefined) yield whole(message);
  }
}

function isJson(payload: unknown): boolean {
  if (typeof payload !== 'string') return true;
  try {
    JSON.parse(payload);
    return true;
  } catch {
    return false;
  }
}

function* payloadProblems(filters: Filters): Generator<FilterProblem> {
  const payloads = filters.payloads ?? {};
  const variants = (filters.multivariate?.variants ?? []).map(({ key }) => key);
  const keys = Object.keys(payloads);
  if (variants.length > 0 && keys.some((key) => !variants.includes(key))) {
    yield whole('Payload keys must match a variant key for multivariate flags');
  } else if (variants.length === 0 && keys.some((key) => key !== 'true')) {
    yield whole("Payload keys must be 'true' for boolean flags");
  }
  if (!Object.values(payloads).every(isJson)) yield whole('Payload value is not valid JSON');
}

/** All that is wrong with the filters of a flag, from anywhere; nothing where they may be stored. */
export function checkFilters(document: unknown): readonly FilterProblem[] {
  const problem = documentProblem(document);
  if (problem !== undefined) return [whole(problem)];
  const { data, error } = Filters.safeParse(document);
  if (data === undefined) {
    return (error?.issues ?? []).map(({ path, message }) => ({ attr: at(path), message }));
  }
  return [
    ...variantProblems(data),
    ...overrideProblems(data),
    ...propertyProblems(data),
    ...payloadProblems(data),
  ];
}

/** Throws `invalid` for the first that is wrong; `detail.attr` says where. */
export function requireFilters(document: unknown): Filters {
  const [problem] = checkFilters(document);
  if (problem !== undefined) {
    throw invalid('flag_filters', problem.message, { attr: problem.attr, code: 'invalid_input' });
  }
  return Filters.parse(document);
}
