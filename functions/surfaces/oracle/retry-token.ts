import { getLoggedModel } from '#domain/logged-models/index.ts';
import { getModelVersion, getRegisteredModel } from '#domain/registry/index.ts';
import { getRun, getTrackedExperiment } from '#domain/tracking/index.ts';
import type { RequireCurrent } from '#http/kept-call.ts';
import type { Context } from '#kernel/context.ts';
import { conflict, ifThere } from '#kernel/errors.ts';

type Json = { readonly [name: string]: unknown };
/** Whether what a call made is still there as the answer says. Throws `not_found` where it is gone. */
type IsCurrent = (ctx: Context, answer: Json, tag: string | undefined) => Promise<boolean>;

const field = (value: unknown, name: string): unknown => (value as Json | undefined)?.[name];

const made: { readonly [operation: string]: IsCurrent } = {
  async createExperiment(ctx, answer, tag) {
    const id = Number(answer.experiment_id);
    const { deleted, version } = await getTrackedExperiment(ctx, id);
    return !deleted && version === tag;
  },
  async createRun(ctx, answer) {
    const { run } = await getRun(ctx, String(field(field(answer.run, 'info'), 'run_id')));
    return run.deletedOn === undefined;
  },
  async createRegisteredModel(ctx, answer) {
    const name = String(field(answer.registered_model, 'name'));
    const { createdOn } = await getRegisteredModel(ctx, name);
    return createdOn === field(answer.registered_model, 'creation_timestamp');
  },
  async createRegisteredModelVersion(ctx, answer) {
    const { name, version, creation_timestamp: createdOn } = answer.model_version as Json;
    const found = await getModelVersion(ctx, { name: String(name), version: String(version) });
    return found.createdOn === createdOn;
  },
  async createLoggedModel(ctx, answer) {
    const modelId = String(field(field(answer.model, 'info'), 'model_id'));
    await getLoggedModel(ctx, { modelId });
    return true;
  },
};

/**
 * A token ends before its day when what it made was deleted or changed since. Throws `conflict`
 * (`retry_token_invalidated`).
 */
export const requireCurrent: RequireCurrent = async (ctx, given) => {
  const isCurrent = made[given.operation.replace(/Ajax$/, '')];
  if (isCurrent === undefined) return;
  const answer = JSON.parse(given.answer) as Json;
  if (await ifThere(isCurrent(ctx, answer, given.tag))) return;
  throw conflict(
    'retry_token_invalidated',
    'What the request of this token made was deleted or changed since: use another token to make it anew.',
  );
};
