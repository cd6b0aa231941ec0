import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError, invalid } from '#kernel/errors.ts';
import type { Item } from '#kernel/table.ts';
import type { DatasetContent } from '../run-detail.ts';
import { seenBySearches } from '../run-index/lagging.ts';
import { cut, type Entry, invalidValue } from '../schemas.ts';
import { requireActive, runScope, targetOf } from '../scope.ts';
import { keepDataset } from './dataset-content.ts';
import { datasetItem, inputKeys } from './inputs.items.ts';

/** A dataset that a run used. */
export interface DatasetInput extends DatasetContent {
  readonly name: string;
  readonly digest: string;
  readonly tags: readonly Entry[];
}

const MAX_INPUTS = 1_000;
const LIMITS = {
  name: 500,
  digest: 36,
  sourceType: 36,
  source: 65_535,
  schema: 1_048_575,
} as const;
const MAX_PROFILE_BYTES = 4 * 1024 * 1024;
const MAX_TAG_KEY = 255;
const MAX_TAG_VALUE = 500;
const MODEL_ID = /^[A-Za-z0-9][\w-]{0,99}$/;
/** The tag that says what a dataset was used for. */
const CONTEXT_TAG = 'mlflow.data.context';

function requireText(text: string, path: string, most: number): void {
  if (cut(text, most) !== text) {
    throw invalid('too_long', `'${path}' exceeds the maximum length of ${most} characters`);
  }
  if (!text.isWellFormed()) throw invalidValue(path, 'not shown', 'It is not Unicode.');
}

function checkDataset(dataset: DatasetInput, at: number): void {
  for (const [field, most] of Object.entries(LIMITS)) {
    const text = dataset[field as keyof typeof LIMITS];
    if (text !== undefined) requireText(text, field, most);
  }
  const { profile = '' } = dataset;
  if (Buffer.byteLength(profile) > MAX_PROFILE_BYTES) {
    throw new AppError(
      'too_large',
      `The profile of a dataset may have ${MAX_PROFILE_BYTES} bytes.`,
    );
  }
  requireText(profile, 'profile', MAX_PROFILE_BYTES);
  dataset.tags.forEach(({ key, value }, tag) => {
    requireText(key, `datasets[${at}].tags[${tag}].key`, MAX_TAG_KEY);
    requireText(value, `datasets[${at}].tags[${tag}].value`, MAX_TAG_VALUE);
  });
}

function requireFew(count: number, what: string): void {
  if (count <= MAX_INPUTS) return;
  throw invalid('too_many', `At most ${MAX_INPUTS} ${what} can be logged at once. Got ${count}.`);
}

function requireModelId(modelId: string): void {
  if (!MODEL_ID.test(modelId)) throw invalidValue('model_id', modelId, 'It is no id of a model.');
}

const contextOf = ({ tags }: DatasetInput): string =>
  tags.findLast(({ key }) => key === CONTEXT_TAG)?.value ?? '';

function useItem(experimentId: number, dataset: DatasetInput): Item {
  const { name, digest } = dataset;
  const context = contextOf(dataset);
  const used = { name, digest, ...(context === '' ? {} : { context }) };
  return { ...inputKeys.use(experimentId, name, digest, context), ...used };
}

const putOf = (item: Item) => ({ kind: 'put' as const, item });

/** Notes datasets and models that a run took in; of equal ones in a call the first counts. It may be repeated. */
export async function logInputs(
  ctx: Context,
  input: {
    readonly runId: string;
    readonly datasets: readonly DatasetInput[];
    readonly models: readonly string[];
  },
): Promise<void> {
  const { runId, models } = input;
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  requireFew(input.datasets.length, 'datasets');
  requireFew(models.length, 'models');
  input.datasets.forEach(checkDataset);
  models.forEach(requireModelId);
  const unique = new Map<string, DatasetInput>();
  for (const dataset of input.datasets) {
    const name = JSON.stringify([dataset.name, dataset.digest]);
    if (!unique.has(name)) unique.set(name, dataset);
  }
  const datasets = [...unique.values()];
  await seenBySearches(ctx, scope, async () => {
    await Promise.all(
      datasets.map(({ tags: _tags, ...dataset }) => keepDataset(ctx, scope.experimentId, dataset)),
    );
    await ctx.table.bulk(
      [
        ...datasets.map((dataset) => datasetItem(runId, dataset)),
        ...datasets.map((dataset) => useItem(scope.experimentId, dataset)),
        ...[...new Set(models)].map((modelId) => inputKeys.model(runId, modelId)),
      ].map((item) => putOf({ ...item })),
    );
  });
}

/** Notes models that a run made, each at a step. It may be repeated. */
export async function logOutputs(
  ctx: Context,
  input: {
    readonly runId: string;
    readonly models: readonly { readonly modelId: string; readonly step: number }[];
  },
): Promise<void> {
  const { runId } = input;
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  requireFew(input.models.length, 'models');
  for (const { modelId } of input.models) requireModelId(modelId);
  const steps = new Map(input.models.map(({ modelId, step }) => [modelId, step]));
  await seenBySearches(ctx, scope, () =>
    ctx.table.bulk(
      [...steps].map(([modelId, step]) => putOf({ ...inputKeys.output(runId, modelId), step })),
    ),
  );
}
