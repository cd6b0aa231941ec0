import type { Json } from '../../support/app.ts';

/**
 * Members of bodies that name what must be there. An example has numbers and names that tell a story; whoever
 * sends it puts in those of the world, which the fixture of the operation has at the same place.
 */
const REFERENCES: ReadonlySet<string> = new Set([
  ...['group', 'experiment', 'entrypoint', 'entrypoints', 'queue', 'queues', 'user', 'job', 'ids'],
  ...['plugins', 'artifactPlugins', 'pluginSnapshotIds', 'artifactPluginSnapshotIds'],
  ...['parameterType', 'artifact', 'artifactUri', 'resourceSnapshot', 'mlflowRunId', 'invitation'],
  ...['oldPassword', 'experiment_id', 'experiment_ids', 'run_id', 'runId', 'trace_id', 'trace_ids'],
  ...['run_ids', 'upload_id', 'etag'],
]);
/** Of single operations, where the same word is a new name elsewhere. */
const OWN: readonly (readonly [operations: RegExp, names: readonly string[]])[] = [
  [/^login$/, ['username', 'password']],
  [/^deleteCurrentUser$/, ['password']],
  [/(Registered|ModelVersion|LatestVersions)(?!Model$)/, ['name', 'version']],
  [/^(update|rename|delete)RegisteredModel$/, ['name']],
  [/^delete.*Tag(V2)?$/, ['key']],
  [/MultipartUpload$/, ['path']],
  [/^createPresignedDownloadUrl$/, ['path']],
  [/^setApprovalPolicy$/, ['users']],
  [/^replaceProjectExperiment$/, ['feature_flag_key']],
  [/^copyExperimentToProject$/, ['target_team_id']],
  [/^recalculateExperimentTimeseries$/, ['metric', 'fingerprint']],
  [/^(evaluateFlags|decide)$/, ['token']],
];

const isReference = (operationId: string, name: string): boolean =>
  REFERENCES.has(name) ||
  OWN.some(([operations, names]) => operations.test(operationId) && names.includes(name));

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** An example with what it refers to taken from a valid body of the same operation. */
export function filled(operationId: string, example: Json, valid: Json, name = ''): Json {
  if (isReference(operationId, name)) {
    if (valid === undefined && typeof example !== 'string') {
      throw new Error(`The fixture of ${operationId} has no ${name}.`);
    }
    // A word may stand for itself (the name of a type).
    return valid ?? example;
  }
  if (Array.isArray(example)) {
    return example.map((each, at) => filled(operationId, each, valid?.[at], name));
  }
  if (!isObject(example)) return example;
  return Object.fromEntries(
    Object.entries(example).map(([key, each]) => [
      key,
      filled(operationId, each, isObject(valid) ? valid[key] : undefined, key),
    ]),
  );
}
