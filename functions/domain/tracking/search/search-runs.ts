import type { Context } from '#kernel/context.ts';
import { rememberingOf } from '#kernel/remembering.ts';
import { withDatasets } from '../inputs/dataset-content.ts';
import type { RunDetail } from '../run-detail.ts';
import { deletedDetail, NO_INPUTS } from '../run-detail.ts';
import type { Card } from '../run-index/card.ts';
import { findRuns } from './find.ts';
import type { Place } from './order.ts';
import { type Found, type Question, questionOf } from './question.ts';
import { type RunView, searchedExperiments, shelvesOf } from './shelves.ts';
import { MOST_TEXT, textOf, type WalkResult } from './walk.ts';

export interface RunPage {
  readonly runs: readonly RunDetail[];
  /** Where the next page begins; absent on the last one. A page may hold fewer runs than asked for. */
  readonly next?: string;
}

const detailOf = rememberingOf(
  ({ run, ranks, params, tags, inputs }: Card): RunDetail => ({
    run,
    ranks,
    params: params.map(([key, value]) => ({ key, value })),
    tags: tags.map(([key, value]) => ({ key, value })),
    inputs: inputs ?? NO_INPUTS,
  }),
);

/** The page of what was found, as much as one answer can hold, and where the next one begins. */
function pageOf(
  { limit }: Question,
  { found, reached }: WalkResult,
): { readonly page: readonly Found[]; readonly next: Place | undefined } {
  let room = MOST_TEXT;
  const beyond = found.findIndex((each, at) => {
    room -= textOf(each);
    return at >= limit || (room < 0 && at > 0);
  });
  if (beyond === -1) return { page: found, next: reached };
  return { page: found.slice(0, beyond), next: found[beyond - 1]?.place };
}

/**
 * Runs of experiments that the filter fits, in order; what was written before the call is seen. By
 * default the latest start comes first. Experiments that the caller may not see have no runs.
 * `limit` runs at most; a page ends earlier where it would hold or look at too much. Throws
 * `invalid` (`filter`, `order_by`).
 */
export async function searchRuns(
  ctx: Context,
  input: {
    readonly experimentIds: readonly number[];
    readonly filter: string;
    readonly orderBy: readonly string[];
    readonly view: RunView;
    readonly limit: number;
    /** `next` of an earlier page of the same search. */
    readonly after?: string;
  },
): Promise<RunPage> {
  const searched = await searchedExperiments(ctx, input.experimentIds);
  const question = questionOf({ ...input, shelves: shelvesOf(searched, input.view) });
  const { page, next } = pageOf(question, await findRuns(ctx, question, searched));
  const gone = new Set(searched.flatMap((each) => (each.deleted ? [each.experimentId] : [])));
  return {
    runs: await withDatasets(
      ctx,
      page.map(({ card }) => {
        const detail = detailOf(card);
        return gone.has(card.run.experimentId) ? deletedDetail(detail) : detail;
      }),
      { large: false },
    ),
    ...(next === undefined ? {} : { next: JSON.stringify(next) }),
  };
}
