import { createWrites, groupList, type Kind, type Resource } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';

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

export const artifactKind: Kind<ArtifactData> = {
  type: 'artifact',
  uniqueName: ({ data }) => ({
    scope: `job:${data.jobId}`,
    name: data.uri,
    shown: { uri: data.uri, job_id: data.jobId },
  }),
  keptWhenDeleted: false,
  lists: (artifact) => [groupList(artifact)],
  order: 'id',
  summary: ({ data }) => ({
    artifactUri: data.uri,
    description: data.description,
    job: data.jobId,
  }),
  searchable: ['artifactUri', 'description', 'tag'],
  sortable: {
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

const SCHEMES = new Set(['http', 'https', 'ftp', 'ftps', 'sftp', 'file', 'mlflow-artifacts', 's3']);
const HOSTLESS = new Set(['file', 'mlflow-artifacts']);

/** Checks the form of an artifact's URI as Dioptra does. It stays inert text unless it is one of ours. */
export function requireArtifactUri(uri: string): void {
  const refuse = (message: string) => invalid('artifact_uri', `artifactUri: ${message}`);
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)$/i.exec(uri);
  if (match === null) throw refuse('Not a valid URL.');
  const [, scheme = '', host = '', path = ''] = match;
  if (!SCHEMES.has(scheme.toLowerCase())) throw refuse('Not a valid scheme');
  if (host === '' && !HOSTLESS.has(scheme.toLowerCase())) throw refuse('Location is required');
  const parts = path.split('/');
  const normal = parts.every(
    (part, at) => part !== '..' && part !== '.' && (part !== '' || at === 0),
  );
  if (!path.startsWith('/') || !normal) throw refuse('URL is not absolute');
}

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
