import { createHash } from 'node:crypto';
import { createWrites, groupList, type Kind, type Resource } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';

/** Who serialised an artifact: a task of a snapshot of a plugin. */
export interface ArtifactTask {
  readonly id: number;
  readonly name: string;
  readonly pluginId: number;
  readonly pluginSnapshot: number;
  readonly fileId: number;
  readonly fileSnapshot: number;
  readonly outputParams: readonly { readonly name: string; readonly parameterType: number }[];
}

/** An output of a job. `size` is what the store holds under its URI. */
export interface ArtifactData {
  readonly uri: string;
  readonly description: string;
  readonly jobId: number;
  readonly isDir: boolean;
  readonly size: number | null;
  readonly task: ArtifactTask | null;
}
export type Artifact = Resource<ArtifactData>;

const typesOf = ({ outputParams }: ArtifactTask): readonly number[] =>
  outputParams.map(({ parameterType }) => parameterType);

/** More characters than this of a row's summary would only make lists larger. */
const MAX_TYPES_TEXT = 60;

/** Stands in summaries for the types of a task's outputs, in their order. */
export function outputTypesKey(types: readonly number[]): string {
  const text = types.join();
  if (text.length <= MAX_TYPES_TEXT) return text;
  return createHash('sha256').update(text).digest('base64url');
}

export const artifactKind: Kind<ArtifactData> = {
  type: 'artifact',
  uniqueName: ({ data }) => ({
    scope: `job:${data.jobId}`,
    name: data.uri,
    shown: { uri: data.uri },
  }),
  keptWhenDeleted: false,
  lists: (artifact) => [groupList(artifact)],
  order: 'id',
  summary: ({ data }) => ({
    artifactUri: data.uri,
    description: data.description,
    job: data.jobId,
    // Missing in lists of before there was this field.
    outputTypes: data.task === null ? null : outputTypesKey(typesOf(data.task)),
  }),
  searchable: ['artifactUri', 'description', 'tag'],
  sortable: {
    id: 'id',
    uri: 'artifactUri',
    createdOn: 'createdOn',
    lastModifiedOn: 'lastModifiedOn',
    description: 'description',
    job: 'job',
  },
};

/** Writes that make an artifact, for the transaction of whoever makes it. */
export const artifactWrites = (ctx: Pick<Context, 'blobs'>, artifact: Artifact) =>
  createWrites(ctx, artifactKind, artifact);

/** The run and the path below its artifacts that a URI of ours names; else `undefined`. */
export function ownLocation(
  uri: string,
): { readonly experimentId: string; readonly runId: string; readonly path: string } | undefined {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/([^/]+)\/([0-9a-f]{32})\/artifacts\/(.+)$/.exec(
    uri,
  );
  if (match === null) return undefined;
  const [, experimentId = '', runId = '', path = ''] = match;
  return { experimentId, runId, path };
}
