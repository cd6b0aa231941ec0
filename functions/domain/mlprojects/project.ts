import { isYamlMap, readYaml, type YamlValue } from '#domain/entrypoints/index.ts';
import { isRunKey } from '#domain/tracking/index.ts';
import { shownName } from '#kernel/archive-entries.ts';
import { type AppError, invalid } from '#kernel/errors.ts';
import { faultOfValue, type Parameter, parameterOf, strangeName } from './values.ts';

interface EntryPoint {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly command: string;
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
    parameters: new Map(parameters.map(([parameter, spec]) => [parameter, parameterOf(spec)])),
    command: fields.command,
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
  /** The same of a file or a folder. */
  readonly has: (path: string) => boolean;
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
 * Throws `invalid` (`workflow_entry_point`, `workflow_parameter`, `workflow_project`) where the entry point is
 * missing, a parameter of it that has no default, a value is none of its type or a name is one that no run has,
 * and where its command names what is no parameter. Parameters that it does not know are handed to its
 * command, as `mlflow run` does.
 */
export function requireRunnable(project: MlProject, asked: Asked): void {
  const { entryPoint, hasFile } = asked;
  requireNames(asked.parameters.keys());
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
  requireCommand(entryPoint, found);
  requireValues(found, asked);
}

function requireCommand(name: string, { command, parameters }: EntryPoint): void {
  const strange = strangeName(command, parameters);
  if (strange === undefined) return;
  throw refusedProject(
    `The command of ${shownName(name)} has {${shownName(strange)}}, which is no parameter of it. A brace of the command's own is written twice.`,
  );
}

const refusedValue = (what: string): AppError =>
  invalid('workflow_parameter', `entry_point_kwargs: ${what}.`);

function requireValues(found: EntryPoint, { entryPoint, parameters, has }: Asked): void {
  const missing = [...found.parameters].flatMap(([name, given]) =>
    given.default === undefined && !parameters.has(name) ? [name] : [],
  );
  if (missing.length > 0) {
    throw refusedValue(
      `the entry point ${shownName(entryPoint)} needs a value of ${list(missing)}`,
    );
  }
  for (const [name, { type, default: otherwise }] of found.parameters) {
    const value = parameters.get(name) ?? otherwise;
    const fault = typeof value === 'string' ? faultOfValue(type, value, has) : undefined;
    if (fault === undefined) continue;
    throw refusedValue(
      `${shownName(name)} is of the type ${type} and gets "${shownName(String(value))}", ${fault}`,
    );
  }
}
