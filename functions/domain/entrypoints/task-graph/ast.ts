import type { JsonMap, JsonScalar, LiteralType } from './json.ts';

/** A value written as it is; `$$x` reads `$x` here. */
export type Literal = {
  readonly kind: 'literal';
  readonly type: LiteralType;
  readonly value: JsonScalar;
};

/** `$root` or `$root.output`, split at the first dot. */
export type Reference = {
  readonly kind: 'reference';
  /** As written, without the dollar sign. */
  readonly text: string;
  readonly root: string;
  readonly output: string | null;
};

/** An argument of a task. */
export type Expression =
  | Literal
  | Reference
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Expression> };

/** One call of a task, in whichever of the three forms it was written. */
export type Invocation = {
  readonly form: 'positional' | 'keyword' | 'mixed';
  readonly task: string;
  readonly positional: readonly Expression[];
  readonly keyword: ReadonlyMap<string, Expression>;
  /** The map that it was written in; a step's may hold its dependencies, too. */
  readonly source: JsonMap;
};

/** `?NAME` of a step: a choice between invocations that is made when a job is submitted. */
export type Swap = {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly choices: ReadonlyMap<string, Invocation>;
  readonly source: JsonMap;
};

type StepBase = {
  readonly name: string;
  readonly dependencies: readonly string[];
  /** The step as written. */
  readonly source: JsonMap;
};

export type TaskStep = StepBase & {
  readonly kind: 'task';
  readonly invocation: Invocation;
  /** The names that a swap gives to the outputs of the task. */
  readonly outputs: readonly string[] | null;
};

/** More than one swap in a step is a fault that the validation of swaps reports. */
export type SwapStep = StepBase & { readonly kind: 'swap'; readonly swaps: readonly Swap[] };

export type Step = TaskStep | SwapStep;

/** The parsed `taskGraph` of an entrypoint, steps in the order in which they were written. */
export type Graph = { readonly steps: ReadonlyMap<string, Step>; readonly source: JsonMap };

/** A graph in which nothing is left to choose. */
export type ChosenGraph = {
  readonly steps: ReadonlyMap<string, TaskStep>;
  readonly source: JsonMap;
};

/** What an entrypoint keeps of a job: a value and the artifact task that writes it. */
export type ArtifactOutput = {
  readonly name: string;
  readonly contents: Literal | Reference;
  readonly task: { readonly name: string; readonly args: JsonMap };
};

/** The parsed `artifactGraph` of an entrypoint. */
export type ArtifactGraph = {
  readonly outputs: ReadonlyMap<string, ArtifactOutput>;
  readonly source: JsonMap;
};

/** Why a text is not a graph. */
export type GraphIssue = {
  readonly kind: 'empty' | 'invalid_yaml' | 'schema';
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
};
