import { type Kind, namedKind, type Resource } from '#domain/resources/index.ts';

export interface ModelData {
  readonly name: string;
  readonly description: string;
}

/** What the row of a model keeps of its newest version, so that reading a model is one read. */
export interface LatestVersion {
  readonly artifactId: number;
  readonly description: string;
  readonly createdOn: number;
}

/** What lives on the row only, beside the snapshots; written with each version. */
export interface ModelRow {
  /** How many versions there are, and so the number of the newest. */
  readonly versions?: number;
  readonly latest?: LatestVersion;
}

export type Model = Resource<ModelData> & ModelRow;

export interface ModelVersionData {
  readonly modelId: number;
  /** 1, 2, … within its model. */
  readonly number: number;
  readonly artifactId: number;
  readonly description: string;
}
export type ModelVersion = Resource<ModelVersionData>;

export const modelKind = namedKind<ModelData>('ml_model', {
  keptWhenDeleted: false,
  order: 'id',
  // Versions are added without a new revision of the model.
  changesBetweenRevisions: true,
});

/** The list of the versions of a model. */
export const versionsOf = (modelId: number): string => `model:${modelId}#ml_model_version`;

/** Ids of versions rise with their numbers, see `createModelVersion`. */
export const modelVersionKind: Kind<ModelVersionData> = {
  type: 'ml_model_version',
  keptWhenDeleted: false,
  lists: ({ data }) => [versionsOf(data.modelId)],
  order: 'id',
  summary: ({ data }) => ({ description: data.description }),
  searchable: ['description', 'tag'],
  sortable: {},
};
