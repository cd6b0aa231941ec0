import type { ArtifactGraph, ArtifactOutput, Graph, GraphIssue } from './ast.ts';
import { isJsonMap, type JsonMap, type JsonValue, property } from './json.ts';
import { parseStep } from './parse-step.ts';
import { type PlaceOf, type Positions, placesIn } from './places.ts';
import { readYaml } from './read-yaml.ts';
import { parseText } from './references.ts';
import { describeKind, mapAt, onlyKeys, ShapeRefusal } from './shape.ts';

export type GraphParse =
  | { readonly ok: true; readonly graph: Graph; readonly placeOf: PlaceOf }
  | { readonly ok: false; readonly issue: GraphIssue };

export type ArtifactGraphParse =
  | { readonly ok: true; readonly artifacts: ArtifactGraph }
  | { readonly ok: false; readonly issue: GraphIssue };

type Outcome<T> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly issue: GraphIssue };

/** Runs a parser of shapes and says where its refusal belongs in the text. */
function shaped<T>(placeOf: PlaceOf, parse: () => T): Outcome<T> {
  try {
    return { ok: true, result: parse() };
  } catch (error) {
    if (!(error instanceof ShapeRefusal)) throw error;
    const place = error.at && placeOf([error.at]);
    return { ok: false, issue: { kind: 'schema', message: error.message, ...place } };
  }
}

function rootMap(value: JsonValue, what: string): JsonMap {
  if (isJsonMap(value)) return value;
  throw new ShapeRefusal(`${what} must be a map, not ${describeKind(value)}`);
}

/**
 * Steps that do not need each other run in the order that they are written in, and objects, here and
 * in JSON, hold whole numbers first and ascending.
 */
function requireOrder(source: JsonMap, positions: Positions): void {
  const places = positions.get(source) ?? new Map<string, number>();
  const written = [...places.keys()];
  const held = Object.keys(source).filter((name) => places.has(name));
  const key = held.find((name, place) => name !== written[place]);
  if (key === undefined) return;
  throw new ShapeRefusal(
    `step "${key}" would run before those that are written above it: names that are whole numbers come first and ascend, so give it another`,
    { within: source, key },
  );
}

function toGraph(value: JsonValue, positions: Positions): Graph {
  const source = rootMap(value, 'the task graph');
  requireOrder(source, positions);
  const names = Object.keys(source);
  if (names.length === 0) throw new ShapeRefusal('the task graph has no steps');
  return { steps: new Map(names.map((name) => [name, parseStep(source, name)])), source };
}

/** Parses the `taskGraph` text of an entrypoint. Hostile text is refused quickly, nothing is thrown. */
export function parseGraph(yamlText: string): GraphParse {
  const yaml = readYaml(yamlText);
  if (!yaml.ok) {
    const { message, line, column } = yaml;
    return { ok: false, issue: { kind: 'invalid_yaml', message, line, column } };
  }
  if (yaml.value === null) {
    return { ok: false, issue: { kind: 'empty', message: 'the task graph is empty' } };
  }
  const placeOf = placesIn(yamlText, yaml.positions);
  const outcome = shaped(placeOf, () => toGraph(yaml.value, yaml.positions));
  return outcome.ok ? { ok: true, graph: outcome.result, placeOf } : outcome;
}

function toArtifactOutput(source: JsonMap, name: string): ArtifactOutput {
  const what = `artifact output "${name}"`;
  const definition = mapAt(source, name, what);
  onlyKeys(definition, ['contents', 'task'], what);
  const contents = property(definition, 'contents');
  if (typeof contents !== 'string') {
    throw new ShapeRefusal(`the contents of ${what} must be text, usually a reference`, {
      within: source,
      key: name,
    });
  }
  if (!Object.hasOwn(definition, 'task')) {
    throw new ShapeRefusal(`${what} names no task`, { within: source, key: name });
  }
  const task = mapAt(definition, 'task', `the task of ${what}`);
  onlyKeys(task, ['name', 'args'], `the task of ${what}`);
  const taskName = property(task, 'name');
  if (typeof taskName !== 'string') {
    throw new ShapeRefusal(`the task of ${what} needs a name`, { within: definition, key: 'task' });
  }
  const args = Object.hasOwn(task, 'args') ? mapAt(task, 'args', `the args of ${what}`) : {};
  return { name, contents: parseText(contents), task: { name: taskName, args } };
}

function toArtifactGraph(value: JsonValue): ArtifactGraph {
  const source = value === null ? {} : rootMap(value, 'the artifact graph');
  const outputs = Object.keys(source).map(
    (name) => [name, toArtifactOutput(source, name)] as const,
  );
  return { outputs: new Map(outputs), source };
}

/** Parses the `artifactGraph` text of an entrypoint; an empty one keeps nothing. */
export function parseArtifactGraph(yamlText: string): ArtifactGraphParse {
  const yaml = readYaml(yamlText);
  if (!yaml.ok) {
    const { message, line, column } = yaml;
    return { ok: false, issue: { kind: 'invalid_yaml', message, line, column } };
  }
  const placeOf = placesIn(yamlText, yaml.positions);
  const outcome = shaped(placeOf, () => toArtifactGraph(yaml.value));
  return outcome.ok ? { ok: true, artifacts: outcome.result } : outcome;
}
