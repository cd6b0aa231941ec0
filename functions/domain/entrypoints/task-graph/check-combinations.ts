import type { ArtifactGraph, ChosenGraph, Graph, TaskStep } from './ast.ts';
import { checkGraph } from './check-graph.ts';
import { checkInvocation } from './check-invocation.ts';
import { checkStepReferences } from './check-references.ts';
import { combinationPrefix, issueMessage, type ValidationIssue } from './issues.ts';
import type { PlaceOf } from './places.ts';
import type { Surroundings } from './surroundings.ts';
import { type Choices, chosenGraph, defaultChoices, singleChanges } from './swaps.ts';
import { warnOfRepeats } from './typing/check-definitions.ts';
import { checkStepTypes, newTypeCheck, type TypeCheck } from './typing/check-types.ts';

/** Beyond so many an author has lost the thread, and the answer must stay readable. */
const SHOWN_ISSUES = 1_000;

type Finding = { readonly choices: Choices; readonly issue: ValidationIssue };

/** What one changed choice adds: the rest of the graph cannot tell, since the outputs stay the same. */
function checkStep(
  check: TypeCheck,
  graph: ChosenGraph,
  step: TaskStep,
  withTypes: boolean,
): readonly ValidationIssue[] {
  const changed = { ...graph, steps: new Map(graph.steps).set(step.name, step) };
  const issues = [
    ...checkInvocation(step, changed, check.surroundings),
    ...checkStepReferences(step, changed, check.surroundings),
  ];
  return issues.length > 0 || !withTypes ? issues : checkStepTypes(check, changed, step);
}

function* findings(
  graph: Graph,
  artifacts: ArtifactGraph,
  surroundings: Surroundings,
): Generator<Finding> {
  const choices = defaultChoices(graph);
  const chosen = chosenGraph(graph, choices);
  const check = newTypeCheck(surroundings);
  const first = checkGraph(chosen, artifacts, surroundings);
  for (const issue of first) yield { choices, issue };
  // Types are compared where everything else is sound.
  const sound = first.length === 0;
  if (sound) {
    for (const step of chosen.steps.values()) {
      for (const issue of checkStepTypes(check, chosen, step)) yield { choices, issue };
    }
  }
  for (const change of singleChanges(graph)) {
    for (const issue of checkStep(check, chosen, change.step, sound)) {
      yield { choices: change.choices, issue };
    }
  }
}

/**
 * Checks the default choices of all swaps, then each choice that is not one of them. As the choices
 * of a swap put out the same, no other combination can be wrong when these are right. Warnings are
 * told along with errors.
 */
export function checkCombinations(
  graph: Graph,
  artifacts: ArtifactGraph,
  surroundings: Surroundings,
  placeOf: PlaceOf,
): readonly string[] {
  const messages: string[] = [];
  for (const { choices, issue } of findings(graph, artifacts, surroundings)) {
    if (messages.length === SHOWN_ISSUES) return [...messages, '… and more'];
    messages.push(issueMessage(issue, placeOf, combinationPrefix(choices)));
  }
  if (messages.length === 0) return messages;
  const prefix = combinationPrefix(defaultChoices(graph));
  const warnings = warnOfRepeats(surroundings).map((issue) => issueMessage(issue, placeOf, prefix));
  return [...messages, ...warnings];
}
