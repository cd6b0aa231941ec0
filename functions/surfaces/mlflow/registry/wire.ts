import type { ModelVersion, RegisteredModel } from '#domain/registry/index.ts';
import { toEntry, unlessEmpty } from '../wire.ts';

/** A version as MLflow's clients read it. Ours are ready as soon as they are there. */
export const toModelVersion = (version: ModelVersion) => ({
  name: version.model,
  version: String(version.number),
  creation_timestamp: version.createdOn,
  last_updated_timestamp: version.updatedOn,
  ...(version.description === undefined ? {} : { description: version.description }),
  current_stage: version.stage,
  source: version.source,
  run_id: version.runId ?? '',
  status: 'READY',
  run_link: version.runLink ?? '',
  ...(version.loggedModelId === undefined ? {} : { model_id: version.loggedModelId }),
  ...unlessEmpty('tags', version.tags.map(toEntry)),
  ...unlessEmpty('aliases', version.aliases),
});

/** A model as MLflow's clients read it. */
export const toRegisteredModel = (model: RegisteredModel) => ({
  name: model.name,
  creation_timestamp: model.createdOn,
  last_updated_timestamp: model.updatedOn,
  ...(model.description === undefined || model.description === ''
    ? {}
    : { description: model.description }),
  ...unlessEmpty('latest_versions', model.latest.map(toModelVersion)),
  ...unlessEmpty('tags', model.tags.map(toEntry)),
  ...unlessEmpty(
    'aliases',
    model.aliases.map(({ alias, number }) => ({ alias, version: String(number) })),
  ),
});
