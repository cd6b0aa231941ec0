export {
  type ChangeRequest,
  type ChangeState,
  stateOf,
} from './approvals/change-request.items.ts';
export { approveChange, cancelChange, type DecisionOn, rejectChange } from './approvals/decide.ts';
export { findChange, listChanges } from './approvals/find-changes.ts';
export type { ApprovalRequired } from './approvals/gate.ts';
export {
  type Policy,
  type PolicyFields,
  UPDATE_FLAG,
  WATCHED,
  type Watched,
} from './approvals/policy.items.ts';
export { findPolicy, removePolicy, setPolicy } from './approvals/policy.ts';
export { type Standing, standingOf } from './approvals/standing.ts';
export { type Definitions, projectDefinitions } from './definitions.ts';
export { documentProblem } from './evaluate/bounds.ts';
export { checkFilters, type FilterProblem, requireFilters } from './evaluate/check-filters.ts';
export { type CompiledFlag, compileFlag, type FlagDefinition } from './evaluate/compile-flag.ts';
export { type Evaluation, evaluate, type FlagValue } from './evaluate/evaluate.ts';
export { evaluateFlags } from './evaluate/evaluate-flags.ts';
export type { Filters } from './evaluate/filters.ts';
export { holdoutHash, rolloutHash, variantHash } from './evaluate/hash.ts';
export type { Reason, ReasonCode } from './evaluate/reasons.ts';
export type { Subject } from './evaluate/subject.ts';
export { findFlag, findFlagByKey, listFlags } from './find-flags.ts';
export type { EvaluationRuntime, Flag, FlagFields } from './flag.items.ts';
export { flagStatus, flagType, simpleRollout } from './flag-status.ts';
export {
  evaluateProject,
  type FlagsAsked,
  type FlagsFor,
  type FlagValueFor,
  flagsFor,
} from './flags-for.ts';
export { findGroupTypes, type GroupTypes, setGroupTypes } from './group-types.ts';
export { type FlagPlan, planFlagChange, planNewFlag } from './plan-flag.ts';
export { changeFlag, createFlag, type FlagChange } from './save-flag.ts';
