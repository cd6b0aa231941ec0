import { resourceKeys } from '#domain/resources/index.ts';
import { key, pad } from '#kernel/keys.ts';
import {
  all,
  compare,
  itemExists,
  itemMissing,
  type Key,
  missing,
  put,
  update,
  type Write,
} from '#kernel/table.ts';
import type { Model, ModelVersion } from './model.ts';

/** The resource behind a number, in the partition of the model. */
export const versionKey = (modelId: number, number: number): Key =>
  key(resourceKeys.current(modelId).pk, `VERSION#${pad(number)}`);

/** Sets the newest version on the row of its model, unless the model has another number of versions by then. */
const latestWrite = ({ id, versions }: Model, { data, createdOn }: ModelVersion): Write => {
  const { number, artifactId, description } = data;
  return update(
    resourceKeys.current(id),
    { set: { versions: number, latest: { artifactId, description, createdOn } } },
    all(
      itemExists,
      missing('deletedOn'),
      versions === undefined ? missing('versions') : compare('versions', '=', versions),
    ),
  );
};

/** What a new version of a model needs beside the resource. */
export const newVersionWrites = (model: Model, version: ModelVersion): readonly Write[] => [
  latestWrite(model, version),
  put({ ...versionKey(model.id, version.data.number), version: version.id }, itemMissing),
];

/** What a changed version needs beside the resource: the row of the model where it is the newest. */
export const changedVersionWrites = (model: Model, version: ModelVersion): readonly Write[] =>
  version.data.number === model.versions ? [latestWrite(model, version)] : [];
