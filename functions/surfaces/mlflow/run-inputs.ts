import * as z from 'zod';
import { experimentIdOf, logInputs, logOutputs, searchDatasets } from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { toExperimentId } from './experiment-ids.ts';
import { Entry, filled, int64, runId } from './fields.ts';
import { unlessEmpty } from './wire.ts';

const MAX_EXPERIMENTS = 20;

const Dataset = z.object({
  name: filled(),
  digest: filled(),
  source_type: filled(),
  source: filled(),
  schema: z.string().optional(),
  profile: z.string().optional(),
});
const Input = z.object({ dataset: Dataset, tags: z.array(Entry).default([]) });
const InputsRequest = z.object({
  run_id: runId(),
  datasets: z.array(Input).default([]),
  models: z.array(z.object({ model_id: filled() })).default([]),
});

const toInput = ({ dataset, tags }: z.output<typeof Input>) => {
  const { source_type: sourceType, schema, profile, ...named } = dataset;
  return {
    ...named,
    sourceType,
    tags,
    ...(schema === undefined ? {} : { schema }),
    ...(profile === undefined ? {} : { profile }),
  };
};

const inputs = route({
  method: 'POST',
  path: '/runs/log-inputs',
  operationId: 'logInputs',
  summary: 'Note datasets and models that a run took in.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: InputsRequest,
  handle: async ({ ctx, body: { run_id: id, datasets, models } }) => {
    await logInputs(ctx, {
      runId: id,
      datasets: datasets.map(toInput),
      models: models.map(({ model_id: modelId }) => modelId),
    });
    return {};
  },
});

const Step = int64().transform(Number);
const OutputsRequest = z.object({
  run_id: runId(),
  models: z.array(z.object({ model_id: filled(), step: Step.default(0) })).default([]),
});

const outputs = route({
  method: 'POST',
  path: '/runs/outputs',
  operationId: 'logOutputs',
  summary: 'Note models that a run made.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: OutputsRequest,
  handle: async ({ ctx, body: { run_id: id, models } }) => {
    await logOutputs(ctx, {
      runId: id,
      models: models.map(({ model_id: modelId, step }) => ({ modelId, step })),
    });
    return {};
  },
});

const DatasetsRequest = z.object({
  experiment_ids: z.array(filled()).min(1).max(MAX_EXPERIMENTS),
});

const datasets = route({
  method: 'POST',
  path: '/experiments/search-datasets',
  operationId: 'searchDatasets',
  summary: 'Datasets that the runs of experiments used.',
  access: reads('run', { jobs: true }),
  body: DatasetsRequest,
  handle: async ({ ctx, body: { experiment_ids: ids } }) => {
    const uses = await searchDatasets(
      ctx,
      ids.map((id) => experimentIdOf(ctx, id)).filter((id) => id !== undefined),
    );
    return unlessEmpty(
      'dataset_summaries',
      uses.map(({ experimentId, ...use }) => ({
        experiment_id: toExperimentId(ctx, experimentId),
        ...use,
      })),
    );
  },
});

export const runInputRoutes: readonly Route[] = [inputs, outputs, datasets];
