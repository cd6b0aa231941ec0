import type {
  ArtifactGraph,
  Expression,
  Graph,
  Invocation,
  Literal,
  Reference,
  Step,
} from './ast.ts';
import { isExactNumber, type JsonValue, literalType } from './json.ts';

/** Reads one string of a graph: `$x` refers to something, `$$x` is the text `$x`, `$` is a dollar. */
export function parseText(text: string): Literal | Reference {
  if (text.startsWith('$$')) return { kind: 'literal', type: 'string', value: text.slice(1) };
  if (!text.startsWith('$') || text === '$')
    return { kind: 'literal', type: 'string', value: text };
  const path = text.slice(1);
  const dot = path.indexOf('.');
  return dot < 0
    ? { kind: 'reference', text: path, root: path, output: null }
    : { kind: 'reference', text: path, root: path.slice(0, dot), output: path.slice(dot + 1) };
}

/** References stand in the values of lists and maps at any depth, never in keys. */
export function parseExpression(value: JsonValue): Expression {
  if (typeof value === 'string') return parseText(value);
  if (typeof value !== 'object' || value === null || isExactNumber(value)) {
    return { kind: 'literal', type: literalType(value), value };
  }
  if (Array.isArray(value)) return { kind: 'list', items: value.map(parseExpression) };
  const entries = Object.entries(value).map(([key, item]) => [key, parseExpression(item)] as const);
  return { kind: 'map', entries: new Map(entries) };
}

/** The references of an argument, in the order in which they were written. */
export function* referencesIn(expression: Expression): Generator<Reference, void> {
  if (expression.kind === 'reference') yield expression;
  else if (expression.kind === 'list')
    for (const item of expression.items) yield* referencesIn(item);
  else if (expression.kind === 'map') {
    for (const item of expression.entries.values()) yield* referencesIn(item);
  }
}

/** The calls a step may make: one, or the choices of its swaps. */
function invocationsOf(step: Step): readonly Invocation[] {
  if (step.kind === 'task') return [step.invocation];
  return step.swaps.flatMap((swap) => [...swap.choices.values()]);
}

/** The references of a call, positional arguments first. */
export function referencesOfCall(invocation: Invocation): readonly Reference[] {
  const given = [...invocation.positional, ...invocation.keyword.values()];
  return given.flatMap((argument) => [...referencesIn(argument)]);
}

/** The references of all calls that a step may make. */
export function referencesOf(step: Step): readonly Reference[] {
  return invocationsOf(step).flatMap(referencesOfCall);
}

/** Steps that must run before this one: those it refers to, then its declared dependencies. */
export function predecessorsOf(graph: Pick<Graph, 'steps'>, step: Step): readonly string[] {
  const implied = referencesOf(step).map((reference) => reference.root);
  return [...new Set([...implied, ...step.dependencies])].filter((name) => graph.steps.has(name));
}

/** Names that the graph takes from outside: parameters and artifact parameters. */
export function referencedParameters(graph: Pick<Graph, 'steps'>): ReadonlySet<string> {
  const roots = [...graph.steps.values()].flatMap(referencesOf).map((reference) => reference.root);
  return new Set(roots.filter((root) => !graph.steps.has(root)));
}

/** Names that the graph takes from outside and nobody declares. */
export function missingGlobalParameters(
  graph: Graph,
  declared: Iterable<string>,
): readonly string[] {
  const known = new Set(declared);
  return [...referencedParameters(graph)].filter((name) => !known.has(name));
}

/** Names used by the steps and, unlike in the original, those that only artifact outputs use. */
export function usedNames(
  graph: Pick<Graph, 'steps'>,
  artifacts: ArtifactGraph,
): ReadonlySet<string> {
  const kept = [...artifacts.outputs.values()].flatMap(({ contents }) =>
    contents.kind === 'reference' ? [contents.root] : [],
  );
  return new Set([...referencedParameters(graph), ...kept]);
}

/** The same without what only choices of swaps use. */
export function usedWhateverIsChosen(graph: Graph, artifacts: ArtifactGraph): ReadonlySet<string> {
  const plain = [...graph.steps].filter(([, step]) => step.kind === 'task');
  return usedNames({ steps: new Map(plain) }, artifacts);
}
