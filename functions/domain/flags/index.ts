export { checkFilters, type FilterProblem, requireFilters } from './evaluate/check-filters.ts';
export { type CompiledFlag, compileFlag, type FlagDefinition } from './evaluate/compile-flag.ts';
export { type Evaluation, evaluate, type FlagValue } from './evaluate/evaluate.ts';
export { evaluateFlags } from './evaluate/evaluate-flags.ts';
export type { Filters } from './evaluate/filters.ts';
export { holdoutHash, rolloutHash, variantHash } from './evaluate/hash.ts';
export type { Reason, ReasonCode } from './evaluate/reasons.ts';
export type { Subject } from './evaluate/subject.ts';
