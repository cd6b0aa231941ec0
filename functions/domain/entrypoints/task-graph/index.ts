export type * from './ast.ts';
export {
  type EngineDocument,
  type EngineDocumentResult,
  type RenderIssue,
  renderEngineDocument,
} from './engine-document.ts';
export { combinationPrefix } from './issues.ts';
export type { ExactNumber, JsonMap, JsonScalar, JsonValue, LiteralType } from './json.ts';
export { graphLimits } from './limits.ts';
export type { ParameterType } from './parameter-types.ts';
export {
  type CastResult,
  castParameterValue,
} from './parameter-values.ts';
export {
  type ArtifactGraphParse,
  type GraphParse,
  parseArtifactGraph,
  parseGraph,
} from './parse-graph.ts';
export {
  missingGlobalParameters,
  parseExpression,
  predecessorsOf,
  referencedParameters,
  referencesIn,
  usedWhateverIsChosen,
} from './references.ts';
export * from './surroundings.ts';
export {
  type Choices,
  chosenGraph,
  defaultChoices,
  type SwapChoice,
  swapChoices,
} from './swaps.ts';
export { type TopologicalOrder, topologicalSort } from './topological-sort.ts';
export { typeStructureFault } from './types.ts';
export {
  type EntrypointIssues,
  type EntrypointValidation,
  validateEntrypoint,
} from './validate-entrypoint.ts';
