import type { TaskSignature } from './signature.ts';

export const PARAMETER_TYPES = [
  'string',
  'float',
  'integer',
  'boolean',
  'list',
  'mapping',
] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** A row of a form; the key stays its own when rows move or are renamed. */
interface Row {
  readonly key: string;
  readonly name: string;
}

export interface ParameterRow extends Row {
  readonly parameterType: ParameterType;
  readonly defaultValue: string | null;
}

export interface OutputRow extends Row {
  /** The id of a type; 0 while none is chosen. */
  readonly parameterType: number;
}

export interface ArtifactParameterRow extends Row {
  readonly outputParams: readonly OutputRow[];
}

/** A file of a plugin with the tasks that it offers. */
export interface BoundFile {
  readonly filename: string;
  readonly tasks: {
    readonly functions: readonly (TaskSignature & { readonly id: number })[];
    readonly artifacts: readonly { readonly id: number; readonly name: string }[];
  };
}

export interface BoundPlugin {
  readonly id: number;
  readonly name: string;
  readonly snapshotId: number;
  /** Whether a newer version exists. */
  readonly old: boolean;
  readonly files: readonly BoundFile[];
}

/** An entrypoint while it is edited. */
export interface EntrypointForm {
  readonly name: string;
  readonly description: string;
  readonly taskGraph: string;
  readonly artifactGraph: string;
  readonly parameters: readonly ParameterRow[];
  readonly artifactParameters: readonly ArtifactParameterRow[];
  readonly plugins: readonly BoundPlugin[];
  readonly artifactPlugins: readonly BoundPlugin[];
  readonly queues: readonly number[];
}

let keys = 0;
/** A key that no row of this page has had. */
export function newKey(): string {
  keys += 1;
  return `row-${keys}`;
}

export const EMPTY_FORM: EntrypointForm = {
  name: '',
  description: '',
  taskGraph: '',
  artifactGraph: '',
  parameters: [],
  artifactParameters: [],
  plugins: [],
  artifactPlugins: [],
  queues: [],
};
