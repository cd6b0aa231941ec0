import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { type Item, itemMissing, put } from '#kernel/table.ts';
import type { DatasetContent, RunDetail, UsedDataset } from '../run-detail.ts';
import { inputKeys } from './inputs.items.ts';

/** Larger ones are kept as an object beside the table. */
const INLINE_BYTES = 32 * 1024;
/** What one answer may read of such objects. */
const MOST_READ_BYTES = 4 * 1024 * 1024;
/** Characters of datasets that an answer shows, of one run and of many, beside all else. */
const MOST_SHOWN = 4_000_000;
const MOST_SHOWN_OF_MANY = 1_000_000;

/** Where the larger datasets of an experiment are. */
export const datasetFiles = (experimentId: number): string => `runs/datasets/${experimentId}/`;

const blobOf = (experimentId: number, hash: string): string =>
  `${datasetFiles(experimentId)}${hash}.json`;

/** Keeps a dataset of an experiment; the first that came under its name and digest stays. */
export async function keepDataset(
  ctx: Context,
  experimentId: number,
  { name, digest, ...content }: { name: string; digest: string } & DatasetContent,
): Promise<void> {
  const at = inputKeys.content(experimentId, name, digest);
  const text = JSON.stringify(content);
  const bytes = Buffer.byteLength(text);
  if (bytes <= INLINE_BYTES) {
    await ctx.table.write(put({ ...at, content: text }, itemMissing));
    return;
  }
  if ((await ctx.table.get(at)) !== undefined) return;
  const blob = blobOf(experimentId, at.sk);
  await ctx.blobs.put(blob, text, { contentType: 'application/json' });
  await ctx.table.write(put({ ...at, blob, bytes }, itemMissing));
}

async function contentOf(ctx: Context, item: Item): Promise<DatasetContent> {
  if (typeof item.content === 'string') return JSON.parse(item.content) as DatasetContent;
  const bytes = await ctx.blobs.get(item.blob as string);
  if (bytes === undefined) throw new AppError('internal', 'The content of a dataset is missing.');
  return JSON.parse(new TextDecoder().decode(bytes)) as DatasetContent;
}

const lengthOf = ({ source, schema = '', profile = '' }: DatasetContent): number =>
  source.length + schema.length + profile.length;

const nameOf = (experimentId: number, { name, digest }: UsedDataset): string =>
  JSON.stringify([experimentId, name, digest]);

/**
 * Runs with what their datasets are, each read once. What lies beside the table is left out where
 * `large` is not set, and beyond 4 MB; so are all once the answer holds enough of them, since many runs may
 * show the same one.
 */
export async function withDatasets(
  ctx: Context,
  details: readonly RunDetail[],
  { large }: { readonly large: boolean },
): Promise<readonly RunDetail[]> {
  const used = new Map(
    details.flatMap(({ run, inputs }) =>
      inputs.datasets.map((dataset) => [
        nameOf(run.experimentId, dataset),
        inputKeys.content(run.experimentId, dataset.name, dataset.digest),
      ]),
    ),
  );
  if (used.size === 0) return details;
  const items = await ctx.table.batchGet([...used.values()]);
  let room = large ? MOST_READ_BYTES : 0;
  const contents = new Map<string, DatasetContent>();
  for (const [at, name] of [...used.keys()].entries()) {
    const item = items[at];
    room -= Number(item?.bytes ?? 0);
    if (item === undefined || (item.blob !== undefined && room < 0)) continue;
    contents.set(name, await contentOf(ctx, item));
  }
  let left = large ? MOST_SHOWN : MOST_SHOWN_OF_MANY;
  const shownOf = (content: DatasetContent | undefined): DatasetContent | undefined => {
    left -= content === undefined ? 0 : lengthOf(content);
    return left < 0 ? undefined : content;
  };
  return details.map((detail) => ({
    ...detail,
    inputs: {
      ...detail.inputs,
      datasets: detail.inputs.datasets.map((dataset) => {
        const content = shownOf(contents.get(nameOf(detail.run.experimentId, dataset)));
        return content === undefined ? dataset : { ...dataset, content };
      }),
    },
  }));
}
