import { getRun, setTags } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';

/** Where clients before MLflow 3 look for the models that a run logged. */
const HISTORY_TAG = 'mlflow.log-model.history';
const MAX_HISTORY = 8_000;
const NEEDED = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];
/** What the history keeps of a model, beside its flavors without their configuration. */
const KEPT = ['run_id', 'utc_time_created', 'artifact_path', 'model_uuid'];

type Json = { readonly [name: string]: unknown };

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const malformed = (why: string) => invalid('model_json', `Malformed model info. ${why}`);

function parsedModel(text: string): Json {
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch {
    throw malformed('model_json is not a valid JSON.');
  }
  if (!isRecord(model)) throw malformed('model_json must be a JSON object.');
  const missing = NEEDED.filter((name) => !Object.hasOwn(model, name));
  if (missing.length === 0) return model;
  throw invalid('model_json', `Model json is missing mandatory fields: ${missing.join(', ')}`);
}

const withoutConfig = (flavor: unknown): unknown =>
  isRecord(flavor)
    ? Object.fromEntries(Object.entries(flavor).filter(([name]) => name !== 'config'))
    : flavor;

function entryOf(model: Json): Json {
  const kept = Object.entries(model).filter(([name]) => KEPT.includes(name));
  const flavors = isRecord(model.flavors) ? Object.entries(model.flavors) : [];
  return {
    ...Object.fromEntries(kept),
    flavors: Object.fromEntries(flavors.map(([name, flavor]) => [name, withoutConfig(flavor)])),
  };
}

function historyIn(text: string | undefined): readonly unknown[] {
  try {
    const history: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(history) ? history : [];
  } catch {
    // Somebody set the tag by hand.
    return [];
  }
}

/** As much of the history as a tag can hold; the oldest go first. */
function kept(history: readonly unknown[]): string {
  let rest = history;
  while (rest.length > 1 && JSON.stringify(rest).length > MAX_HISTORY) rest = rest.slice(1);
  const text = JSON.stringify(rest);
  if (text.length <= MAX_HISTORY) return text;
  throw malformed(`What a run keeps of a model may have ${MAX_HISTORY} characters.`);
}

/**
 * Notes a model in the history of its run, as clients before MLflow 3 ask for. Two at the same
 * time may leave one of them out; it is read for display alone.
 */
export async function recordModel(
  ctx: Context,
  input: { readonly runId: string; readonly modelJson: string },
): Promise<void> {
  const { runId } = input;
  const model = parsedModel(input.modelJson);
  const { tags } = await getRun(ctx, runId);
  const history = historyIn(tags.find(({ key }) => key === HISTORY_TAG)?.value);
  const value = kept([...history, entryOf(model)]);
  await setTags(ctx, { runId, tags: [{ key: HISTORY_TAG, value }] });
}
