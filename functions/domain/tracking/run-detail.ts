import type { Context } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import { datasetOf, inputModelOf, outputModelOf } from './inputs/inputs.items.ts';
import { readRank } from './ordered.ts';
import { entriesOf, type NamedPoint, nameOf, readRun, readTags, runKeys } from './run.items.ts';
import type { Entry, Run } from './schemas.ts';

/** What a dataset is, as the client says; all of it is text to us. */
export interface DatasetContent {
  readonly sourceType: string;
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
}

/** A dataset that a run used, by the name and digest that stand for it in its experiment. */
export interface UsedDataset {
  readonly name: string;
  readonly digest: string;
  readonly tags: readonly Entry[];
  /** What it is, where that was asked for. */
  readonly content?: DatasetContent;
}

/** What a run took in and gave out. */
export interface RunInputs {
  readonly datasets: readonly UsedDataset[];
  /** Ids of logged models. */
  readonly models: readonly string[];
  readonly outputs: readonly { readonly modelId: string; readonly step: number }[];
}

/** A run with all that was logged, but for the points of its metrics. */
export interface RunDetail {
  readonly run: Run;
  /** Of each metric the rank of its latest point; {@link latestOf} reads them. */
  readonly ranks: readonly (readonly [name: string, rank: string])[];
  readonly params: readonly Entry[];
  readonly tags: readonly Entry[];
  readonly inputs: RunInputs;
}

/** Of each metric the latest point. */
export const latestOf = ({ ranks }: Pick<RunDetail, 'ranks'>): readonly NamedPoint[] =>
  ranks.map(([key, rank]) => ({ key, ...readRank(rank) }));

/** A run that counts as deleted since its experiment is. */
export const deletedDetail = (detail: RunDetail): RunDetail => ({
  ...detail,
  run: { ...detail.run, deletedOn: detail.run.deletedOn ?? 0 },
});

export const NO_INPUTS: RunInputs = { datasets: [], models: [], outputs: [] };

/** Makes a run of the items of its partition, without those of points. */
export function detailOf(row: Item, items: readonly Item[]): RunDetail {
  const of = (start: string) => items.filter(({ sk }) => sk.startsWith(start));
  return {
    run: readRun(row),
    ranks: of('L#').map((item) => [nameOf(item), item.rank as string]),
    params: of('P#').flatMap(entriesOf),
    tags: readTags(row, of('T#')),
    inputs: {
      datasets: of('N#D#').map(datasetOf),
      models: of('N#M#').map(inputModelOf),
      outputs: of('O#').map(outputModelOf),
    },
  };
}

/** A run as it is stored, whoever may see it; `undefined` where there is none. */
export async function readDetail(
  ctx: Pick<Context, 'table'>,
  runId: string,
): Promise<RunDetail | undefined> {
  const { items } = await ctx.table.query({ pk: runKeys.partition(runId), sk: runKeys.everything });
  const row = items.find(({ sk }) => sk === 'RUN');
  return row === undefined ? undefined : detailOf(row, items);
}
