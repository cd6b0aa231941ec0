/** What somebody fills in for a new job, and what is wrong with it: the rest the server says. */

type ParameterType = 'string' | 'float' | 'integer' | 'boolean' | 'list' | 'mapping';

export interface Parameter {
  readonly name: string;
  readonly parameterType: ParameterType;
  readonly defaultValue: string | null;
}

/** What the form asks of an entrypoint. */
interface Asked {
  readonly id: number;
  readonly parameters: readonly Parameter[];
  readonly queues: readonly { readonly id: number }[];
}

/** What the form takes over from a job. */
interface Like {
  readonly description: string;
  readonly queue: { readonly id: number };
  readonly values: Readonly<Record<string, string>>;
  readonly artifactValues: Readonly<Record<string, { readonly id: number }>>;
  readonly swaps: readonly { readonly swapName: string; readonly taskAlias: string }[];
  readonly timeout: string;
  readonly queueTimeout: string | null;
  readonly retry: {
    readonly attempts: number;
    readonly exitCodes: readonly number[];
    readonly backoffSeconds: number;
  } | null;
}

export interface JobForm {
  readonly description: string;
  readonly queue: number | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly artifacts: Readonly<Record<string, number>>;
  readonly swaps: Readonly<Record<string, string>>;
  readonly timeout: string;
  readonly queueTimeout: string;
  readonly dependsOn: string;
  readonly attempts: string;
  readonly exitCodes: string;
  readonly backoff: string;
}

const INTEGER = /^[+-]?\d+(?:_\d+)*$/;
const FLOAT =
  /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const DURATION = /^[1-9]\d{0,8}[smhd]?$/;

/** Lists and mappings are JSON. */
function structureProblem(text: string, isList: boolean): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isRight = isList
      ? Array.isArray(value)
      : typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isRight) return undefined;
  } catch {
    // What it has to be is said below.
  }
  return isList
    ? 'Write a list as JSON, such as [0.1, 0.2].'
    : 'Write a mapping as JSON, such as {"rate": 0.1}.';
}

/** What is wrong with the value of a parameter, as far as its type says. */
export function valueProblem({ parameterType, defaultValue }: Parameter, value: string) {
  if (value === '' && parameterType !== 'string') {
    return defaultValue === null ? 'It needs a value: it has no default.' : undefined;
  }
  if (parameterType === 'integer') {
    return INTEGER.test(value.trim()) ? undefined : 'Write a whole number.';
  }
  if (parameterType === 'float') {
    return FLOAT.test(value.trim()) ? undefined : 'Write a number, such as 0.25 or 1e-3.';
  }
  if (parameterType === 'list') return structureProblem(value, true);
  return parameterType === 'mapping' ? structureProblem(value, false) : undefined;
}

export const durationProblem = (text: string): string | undefined =>
  text === '' || DURATION.test(text) ? undefined : 'Write a time such as 90s, 30m, 24h or 2d.';

const numbersIn = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean);

export const numbersProblem = (text: string): string | undefined =>
  numbersIn(text).every((each) => /^[1-9]\d{0,14}$/.test(each))
    ? undefined
    : 'Write numbers with commas between.';

export const secondsProblem = (text: string): string | undefined =>
  text === '' || (FLOAT.test(text) && Number(text) >= 0)
    ? undefined
    : 'Write a number of seconds, such as 10.';

/** The form for an entrypoint, with the values of a job that it is to be like. */
export function formOf(entrypoint: Asked, like: Like | undefined): JobForm {
  const given = (name: string): string | undefined =>
    like !== undefined && Object.hasOwn(like.values, name) ? like.values[name] : undefined;
  const queues = entrypoint.queues.map(({ id }) => id);
  const known = like !== undefined && queues.includes(like.queue.id);
  const artifacts = Object.entries(like?.artifactValues ?? {});
  return {
    description: like?.description ?? '',
    queue: known ? like.queue.id : queues[0],
    values: Object.fromEntries(
      entrypoint.parameters.map(({ name, defaultValue }) => [
        name,
        given(name) ?? defaultValue ?? '',
      ]),
    ),
    artifacts: Object.fromEntries(artifacts.map(([name, { id }]) => [name, id])),
    swaps: Object.fromEntries(
      (like?.swaps ?? []).map(({ swapName, taskAlias }) => [swapName, taskAlias]),
    ),
    timeout: like?.timeout ?? '24h',
    queueTimeout: like?.queueTimeout ?? '',
    dependsOn: '',
    attempts: String(like?.retry?.attempts ?? ''),
    exitCodes: like?.retry?.exitCodes.join(', ') ?? '',
    backoff: String(like?.retry?.backoffSeconds ?? ''),
  };
}

/** Parameters whose value is left to the default are not sent, nor are those that a choice of swaps does not use. */
function valuesOf(parameters: readonly Parameter[], form: JobForm): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap(({ name, parameterType, defaultValue }): [string, string][] => {
      const value = form.values[name] ?? '';
      const isLeft = value === '' && (parameterType !== 'string' || defaultValue === null);
      return isLeft ? [] : [[name, value]];
    }),
  );
}

/** The body that submits the job; artifacts with their versions. */
export function newJobOf(
  entrypoint: Asked,
  form: JobForm,
  snapshotOf: (artifact: number) => number | undefined,
) {
  const exitCodes = numbersIn(form.exitCodes).map(Number);
  const attempts = form.attempts === '' ? undefined : Number(form.attempts);
  const backoffSeconds = form.backoff === '' ? undefined : Number(form.backoff);
  const hasPolicy = attempts !== undefined || exitCodes.length > 0 || backoffSeconds !== undefined;
  return {
    description: form.description,
    queue: form.queue ?? 0,
    entrypoint: entrypoint.id,
    values: valuesOf(entrypoint.parameters, form),
    artifactValues: Object.fromEntries(
      Object.entries(form.artifacts).flatMap(([name, id]) => {
        const snapshotId = snapshotOf(id);
        return snapshotId === undefined ? [] : [[name, { id, snapshotId }]];
      }),
    ),
    swaps: Object.entries(form.swaps).map(([swap_name, task_alias]) => ({ swap_name, task_alias })),
    ...(form.timeout !== '' && { timeout: form.timeout }),
    ...(form.queueTimeout !== '' && { queueTimeout: form.queueTimeout }),
    ...(hasPolicy && {
      retry: {
        ...(attempts !== undefined && { attempts }),
        ...(backoffSeconds !== undefined && { backoffSeconds }),
        exitCodes,
      },
    }),
    dependsOn: numbersIn(form.dependsOn).map(Number),
  };
}
