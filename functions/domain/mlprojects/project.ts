import { isYamlMap, readYaml, type YamlValue } from '#domain/entrypoints/index.ts';
import { isRunKey } from '#domain/tracking/index.ts';
import { shownName } from '#kernel/archive-entries.ts';
import { type AppError, invalid } from '#kernel/errors.ts';

/** An entry point of a project: its parameters by name, `true` for those that need a value. */
interface EntryPoint {
  readonly parameters: ReadonlyMap<string, boolean>;
}

/** What an MLproject file says, as far as a job is checked against it. */
export interface MlProject {
  readonly entryPoints: ReadonlyMap<string, EntryPoint>;
  /** The project asks for an environment of its own. */
  readonly wantsEnvironment: boolean;
}

export const MAX_PROJECT_BYTES = 256 * 1024;
const ENVIRONMENTS = ['python_env', 'conda_env', 'docker_env'] as const;
/** Files that `mlflow.projects` runs although the project does not name them. */
const SCRIPT = /\.(?:py|sh)$/;
const SHOWN = 20;

export const refusedProject = (what: string): AppError =>
  invalid('workflow_project', `workflow: ${what}`);

type YamlMap = { readonly [key: string]: YamlValue };

const mapIn = (value: YamlValue | undefined, name: string): YamlMap => {
  if (value === undefined || value === null) return {};
  if (isYamlMap(value)) return value;
  throw refusedProject(`${name} of the MLproject file must be a mapping.`);
};

function entryPointOf(name: string, value: YamlValue): EntryPoint {
  const shown = shownName(name);
  const fields = mapIn(value, `The entry point ${shown}`);
  if (typeof fields.command !== 'string' || fields.command.trim() === '') {
    throw refusedProject(`The entry point ${shown} of the MLproject file needs a command.`);
  }
  const parameters = Object.entries(mapIn(fields.parameters, `The parameters of ${shown}`));
  return {
    parameters: new Map(
      parameters.map(([parameter, spec]) => {
        const fields: YamlMap = isYamlMap(spec) ? spec : {};
        return [parameter, (fields.default ?? null) === null];
      }),
    ),
  };
}

/**
 * Reads an MLproject file as `mlflow.projects` does. Throws `invalid` (`workflow_project`) for what it
 * would not run, or no worker could.
 */
export function parseProject(text: string): MlProject {
  const reading = readYaml(text);
  if (!reading.ok) {
    const { message, line, column } = reading;
    throw refusedProject(
      `The MLproject file is no YAML: ${message} (line ${line}, column ${column}).`,
    );
  }
  const fields = mapIn(reading.value, 'The content');
  const named = ENVIRONMENTS.filter((name) => (fields[name] ?? null) !== null);
  if (named.length > 1) {
    throw refusedProject(`The MLproject file names several environments: ${named.join(', ')}.`);
  }
  if (named[0] === 'docker_env') {
    throw refusedProject(
      'The MLproject file asks for docker_env, which workers do not have: use python_env, or none.',
    );
  }
  const entryPoints = Object.entries(mapIn(fields.entry_points, 'entry_points'));
  return {
    entryPoints: new Map(entryPoints.map(([name, value]) => [name, entryPointOf(name, value)])),
    wantsEnvironment: named[0] === 'python_env',
  };
}

/** What is asked of a project, and what it has. */
export interface Asked {
  readonly entryPoint: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Whether there is a file of this path beside the MLproject file. */
  readonly hasFile: (path: string) => boolean;
}

const list = (names: Iterable<string>): string =>
  [...names].slice(0, SHOWN).map(shownName).join(', ');

/** Each parameter is one of the run's, too: a name that the run refuses would fail the job at its start. */
function requireNames(names: Iterable<string>): void {
  const unfit = [...names].filter((name) => !isRunKey(name));
  if (unfit.length === 0) return;
  throw invalid(
    'workflow_parameter',
    `entry_point_kwargs: a run has no parameter of the name ${list(unfit)}: use letters, digits, "_", "-" and ".".`,
  );
}

/**
 * Throws `invalid` (`workflow_entry_point`, `workflow_parameter`) where the entry point is missing, a parameter
 * of it that has no default, or a name that no run has. Parameters that it does not know are handed to its
 * command, as `mlflow run` does.
 */
export function requireRunnable(project: MlProject, asked: Asked): void {
  const { entryPoint, parameters, hasFile } = asked;
  requireNames(parameters.keys());
  const found = project.entryPoints.get(entryPoint);
  if (found === undefined) {
    if (SCRIPT.test(entryPoint) && hasFile(entryPoint)) return;
    const known = list(project.entryPoints.keys());
    const has = known === '' ? 'It has none' : `It has ${known}`;
    throw invalid(
      'workflow_entry_point',
      `entry_point: the MLproject file has no entry point ${shownName(entryPoint)}. ${has}.`,
    );
  }
  requireNames(found.parameters.keys());
  const missing = [...found.parameters].flatMap(([name, needed]) =>
    needed && !parameters.has(name) ? [name] : [],
  );
  if (missing.length === 0) return;
  throw invalid(
    'workflow_parameter',
    `entry_point_kwargs: the entry point ${shownName(entryPoint)} needs a value of ${list(missing)}.`,
  );
}
