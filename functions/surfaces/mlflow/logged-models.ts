import * as z from 'zod';
import {
  createLoggedModel,
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  getLoggedModel,
  logLoggedModelParams,
  recordModel,
  searchLoggedModels,
  setLoggedModelTags,
} from '#domain/logged-models/index.ts';
import { experimentIdOf } from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { experimentId } from './experiment-ids.ts';
import { Entry, filled, int64, runId } from './fields.ts';
import { STATUS_NAMES, statusOf, toLoggedModel } from './logged-model-wire.ts';
import { nextPage, placeAfter } from './paging.ts';
import { unlessEmpty } from './wire.ts';

const MAX_EXPERIMENTS = 1_000;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

const Text = z.string().default('');
const Entries = z.array(Entry).default([]);

const NewModel = z.object({
  experiment_id: filled(),
  name: Text,
  model_type: Text,
  source_run_id: Text,
  params: Entries,
  tags: Entries,
});

const create = route({
  method: 'POST',
  path: '/logged-models',
  operationId: 'createLoggedModel',
  summary: 'Make a logged model, whose files are still to come.',
  access: writes('run', { jobs: true }),
  body: NewModel,
  handle: async ({ ctx, body: { experiment_id: experiment, name, ...body } }) => {
    const detail = await createLoggedModel(ctx, {
      experimentId: experimentId(ctx, experiment),
      ...(name === '' ? {} : { name }),
      type: body.model_type,
      sourceRunId: body.source_run_id,
      params: body.params,
      tags: body.tags,
    });
    return { model: toLoggedModel(ctx, detail) };
  },
});

const get = route({
  method: 'GET',
  path: '/logged-models/{modelId}',
  operationId: 'getLoggedModel',
  summary: 'A logged model with its params, tags and metrics.',
  access: reads('run', { jobs: true }),
  query: z.object({ allow_deleted: Text }),
  handle: async ({ ctx, params: { modelId }, query: { allow_deleted: allowed } }) => {
    const deletedToo = allowed.toLowerCase() === 'true';
    return { model: toLoggedModel(ctx, await getLoggedModel(ctx, { modelId, deletedToo })) };
  },
});

/** By its name or by its number in protobuf. */
const Status = z.union([
  z.enum(STATUS_NAMES),
  z
    .int()
    .min(0)
    .max(STATUS_NAMES.length - 1)
    .transform((at) => STATUS_NAMES[at] ?? STATUS_NAMES[0]),
]);

const finalize = route({
  method: 'PATCH',
  path: '/logged-models/{modelId}',
  operationId: 'finalizeLoggedModel',
  summary: 'Say whether the files of a logged model have arrived.',
  access: writes('run', { jobs: true }),
  body: z.object({ status: Status }),
  handle: async ({ ctx, params: { modelId }, body }) => {
    const status = statusOf(body.status);
    return { model: toLoggedModel(ctx, await finalizeLoggedModel(ctx, { modelId, status })) };
  },
});

const remove = route({
  method: 'DELETE',
  path: '/logged-models/{modelId}',
  operationId: 'deleteLoggedModel',
  summary: 'Delete a logged model; its files stay.',
  access: writes('run', { jobs: true }),
  handle: async ({ ctx, params: { modelId } }) => {
    await deleteLoggedModel(ctx, { modelId });
    return {};
  },
});

const logParams = route({
  method: 'POST',
  path: '/logged-models/{modelId}/params',
  operationId: 'logLoggedModelParams',
  summary: 'Log params of a logged model, each once.',
  access: writes('run', { jobs: true }),
  body: z.object({ params: Entries }),
  handle: async ({ ctx, params: { modelId }, body: { params } }) => {
    await logLoggedModelParams(ctx, { modelId, params });
    return {};
  },
});

const setTags = route({
  method: 'PATCH',
  path: '/logged-models/{modelId}/tags',
  operationId: 'setLoggedModelTags',
  summary: 'Set tags of a logged model.',
  access: writes('run', { jobs: true }),
  body: z.object({ tags: Entries }),
  handle: async ({ ctx, params: { modelId }, body: { tags } }) => {
    await setLoggedModelTags(ctx, { modelId, tags });
    return {};
  },
});

const removeTag = route({
  method: 'DELETE',
  path: '/logged-models/{modelId}/tags/{key*}',
  operationId: 'deleteLoggedModelTag',
  summary: 'Delete a tag of a logged model.',
  access: writes('run', { jobs: true }),
  handle: async ({ ctx, params: { modelId, key } }) => {
    await deleteLoggedModelTag(ctx, { modelId, key });
    return {};
  },
});

const OnDataset = { dataset_name: Text, dataset_digest: Text };

const SearchRequest = z.object({
  experiment_ids: z.array(filled()).min(1).max(MAX_EXPERIMENTS),
  filter: Text,
  datasets: z.array(z.object({ ...OnDataset, dataset_name: filled() })).default([]),
  order_by: z
    .array(z.object({ field_name: filled(), ascending: z.boolean().default(true), ...OnDataset }))
    .default([]),
  // As in MLflow, zero is the default.
  max_results: int64().default(0n),
  page_token: z.string().optional(),
});

const toDataset = (on: { readonly dataset_name: string; readonly dataset_digest: string }) => ({
  name: on.dataset_name,
  ...(on.dataset_digest === '' ? {} : { digest: on.dataset_digest }),
});

const limitOf = (asked: bigint): number =>
  asked > 0n ? Number(asked > MAX_PAGE ? MAX_PAGE : asked) : DEFAULT_PAGE;

const search = route({
  method: 'POST',
  path: '/logged-models/search',
  operationId: 'searchLoggedModels',
  summary: 'Logged models of experiments that a filter fits, in order.',
  access: reads('run', { jobs: true }),
  body: SearchRequest,
  handle: async ({ ctx, body }) => {
    const { experiment_ids: ids, filter, datasets, order_by: orderBy } = body;
    const question = ['logged-models', ids, filter, datasets, orderBy];
    const { models, next } = await searchLoggedModels(ctx, {
      experimentIds: ids.map((id) => experimentIdOf(ctx, id)).filter((id) => id !== undefined),
      filter,
      datasets: datasets.map(toDataset),
      orderBy: orderBy.map((clause) => ({
        fieldName: clause.field_name,
        ascending: clause.ascending,
        ...(clause.dataset_name === '' ? {} : { dataset: toDataset(clause) }),
      })),
      limit: limitOf(body.max_results),
      ...(await placeAfter(ctx, question, body.page_token)),
    });
    return {
      ...unlessEmpty(
        'models',
        models.map((model) => toLoggedModel(ctx, model)),
      ),
      ...(await nextPage(ctx, question, next)),
    };
  },
});

const record = route({
  method: 'POST',
  path: '/runs/log-model',
  operationId: 'logModel',
  summary: 'Note a model in the history of its run, as clients before MLflow 3 do.',
  access: writes('run', { jobs: true }),
  body: z.object({ run_id: runId(), model_json: filled() }),
  handle: async ({ ctx, body }) => {
    await recordModel(ctx, { runId: body.run_id, modelJson: body.model_json });
    return {};
  },
});

export const loggedModelRoutes: readonly Route[] = [
  search,
  create,
  get,
  finalize,
  remove,
  logParams,
  setTags,
  removeTag,
  record,
];
