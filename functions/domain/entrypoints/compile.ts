import type { Context } from '#kernel/context.ts';
import { type AppError, invalid } from '#kernel/errors.ts';
import type { Binding } from './bind.ts';
import { type BoundData, readInputs } from './compile-inputs.ts';
import type { ArtifactWriter, BoundChoice, Compiled, EntrypointText } from './entrypoint.ts';
import { entrypointInvalid } from './entrypoint-invalid.ts';
import {
  type ArtifactGraph,
  combinationPrefix,
  defaultChoices,
  type EntrypointSource,
  type Graph,
  type GraphIssue,
  renderEngineDocument,
  swapChoices,
  usedWhateverIsChosen,
  validateEntrypoint,
} from './task-graph/index.ts';

function unreadable({ kind, message, line, column }: GraphIssue): AppError {
  if (kind === 'empty') return invalid('empty_graph', 'taskGraph: it needs at least one step.');
  const place = line === undefined ? '' : ` (line ${line}, column ${column})`;
  return invalid('invalid_yaml', `taskGraph: no valid YAML: ${message}${place}.`);
}

/** Plugins become folders of a bundle, so two of one name would mix. */
function requireOwnNames(plugins: readonly BoundData[]): void {
  const names = plugins.map(({ data }) => data.name);
  const again = names.filter((name, index) => names.indexOf(name) !== index);
  if (again.length === 0) return;
  throw entrypointInvalid({
    schemaIssues: again.map((name) => `schema.error: Two bound plugins are named "${name}"`),
  });
}

type Checked = { readonly graph: Graph; readonly artifacts: ArtifactGraph };

function checked(source: EntrypointSource, depth: 'lint' | 'save'): Checked {
  const outcome = validateEntrypoint(source, depth);
  if (outcome.kind === 'unreadable') throw unreadable(outcome.issue);
  if (outcome.kind === 'invalid') throw entrypointInvalid(outcome.issues);
  return outcome;
}

/** Who writes each artifact output. Of two tasks with one name the later wins, as with steps. */
function artifactTasks(
  { graph, artifacts }: Checked,
  plugins: readonly BoundData[],
): Compiled['artifactTasks'] {
  const writers = new Map(
    plugins.flatMap(({ snapshot, data }) =>
      data.files.flatMap(({ tasks }) =>
        tasks.artifacts.map(({ id, name }): readonly [string, ArtifactWriter] => [
          name,
          { task: name, pluginSnapshotId: snapshot, taskId: id },
        ]),
      ),
    ),
  );
  const outputs = [...artifacts.outputs.values()];
  const unknown = outputs.filter(({ task }) => !writers.has(task.name));
  if (unknown.length > 0) {
    const prefix = `semantic.error: ${combinationPrefix(defaultChoices(graph))}`;
    throw entrypointInvalid({
      renderedValidationErrors: unknown.map(
        ({ name, task }) =>
          `${prefix}In artifact output "${name}": unknown artifact task "${task.name}"`,
      ),
    });
  }
  return Object.fromEntries(
    outputs.flatMap(({ name, task }) => {
      const writer = writers.get(task.name);
      return writer === undefined ? [] : [[name, writer]];
    }),
  );
}

/** The choices of all swaps, with the files that their tasks are in. */
function boundChoices(graph: Graph, plugins: readonly BoundData[]): readonly BoundChoice[] {
  const files = new Map(
    plugins.flatMap(({ data }) =>
      data.files.flatMap(({ snapshot, tasks }) =>
        tasks.functions.map(({ name }) => [name, snapshot] as const),
      ),
    ),
  );
  return swapChoices(graph).map((choice) => ({
    ...choice,
    fileSnapshotId: files.get(choice.task) ?? 0,
  }));
}

/**
 * Checks what an entrypoint runs and renders it. Throws `invalid` (`empty_graph`,
 * `invalid_yaml`, `entrypoint_invalid`).
 */
export async function compile(
  ctx: Context,
  groupId: number,
  text: EntrypointText,
  binding: Binding,
): Promise<Compiled> {
  const { source, plugins, artifactPlugins } = await readInputs(ctx, groupId, text, binding);
  const graphs = checked(source, 'save');
  requireOwnNames(plugins);
  requireOwnNames(artifactPlugins);
  const writers = artifactTasks(graphs, artifactPlugins);
  const swaps = boundChoices(graphs.graph, plugins);
  return {
    ...rendered(source, graphs),
    artifactTasks: writers,
    ...(swaps.length > 0 ? { swaps } : {}),
  };
}

/** The checks of a lint: throws as {@link compile}, for less. */
export async function lint(
  ctx: Context,
  groupId: number,
  text: EntrypointText,
  binding: Binding,
): Promise<void> {
  const { source, plugins, artifactPlugins } = await readInputs(ctx, groupId, text, binding);
  checked(source, 'lint');
  requireOwnNames(plugins);
  requireOwnNames(artifactPlugins);
}

function rendered(
  source: EntrypointSource,
  { graph, artifacts }: Checked,
): Pick<Compiled, 'config' | 'usedParameters'> {
  const result = renderEngineDocument(source);
  if (!result.ok) {
    throw entrypointInvalid({ schemaIssues: [`schema.error: ${result.issue.message}`] });
  }
  const used = usedWhateverIsChosen(graph, artifacts);
  return {
    config: JSON.stringify(result.document),
    usedParameters: Object.keys(result.document.parameters).filter((name) => used.has(name)),
  };
}
