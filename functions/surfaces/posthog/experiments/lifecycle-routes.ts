import type * as z from 'zod';
import {
  archiveExperiment,
  copyToProject,
  createExposureCohort,
  duplicateExperiment,
  type ExperimentPlace,
  endExperiment,
  type Found,
  inOtherProject,
  launchExperiment,
  pauseExperiment,
  resetExperiment,
  resumeExperiment,
  shipVariant,
  unarchiveExperiment,
} from '#domain/abtests/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { peopleOf } from '../people.ts';
import { ExperimentAnswer, NewCohortAnswer } from './answers.ts';
import { ONE, placeOf } from './paths.ts';
import { CopyBody, DuplicateBody, EndBody, ShipBody } from './shapes.ts';
import { showExperiment, toCohort } from './wire.ts';

type Step = (ctx: Context, place: ExperimentPlace) => Promise<Found>;

/** A step that needs nothing but its experiment. */
const step = (verb: string, summary: string, take: Step): Route =>
  route({
    method: 'POST',
    path: `${ONE}/${verb}` as `${typeof ONE}/verb`,
    operationId: `${verb}Experiment`,
    summary,
    access: writes('experiment'),
    response: ExperimentAnswer,
    handle: async ({ ctx, params }) => showExperiment(ctx, await take(ctx, placeOf(ctx, params))),
  });

const given = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** Names that a copy is to have; null says as little as nothing. */
const namesOf = (body: z.output<typeof DuplicateBody>) => ({
  ...(given(body.feature_flag_key) && { flagKey: body.feature_flag_key }),
  ...(given(body.name) && { name: body.name }),
});

/** The steps of an experiment's life, and what is made of one. */
export const lifecycleRoutes: readonly Route[] = [
  step('launch', 'Begins a draft now and switches its flag on.', launchExperiment),
  step('pause', 'Switches the flag of a running experiment off.', pauseExperiment),
  step('resume', 'Switches the flag of a paused experiment on again.', resumeExperiment),
  step('reset', 'Makes an experiment a draft again; its flag stays as it is.', resetExperiment),
  step('archive', 'Puts an experiment that has ended away.', archiveExperiment),
  step('unarchive', 'Gets an experiment back from where it was put away.', unarchiveExperiment),
  route({
    method: 'POST',
    path: `${ONE}/end`,
    operationId: 'endExperiment',
    summary: 'Ends an experiment now, with this conclusion; its flag stays as it is.',
    access: writes('experiment'),
    body: EndBody,
    bodyOptional: true,
    response: ExperimentAnswer,
    handle: async ({ ctx, params, body }) =>
      showExperiment(
        ctx,
        await endExperiment(ctx, placeOf(ctx, params), {
          conclusion: body.conclusion ?? null,
          conclusionComment: body.conclusion_comment ?? null,
        }),
      ),
  }),
  route({
    method: 'POST',
    path: `${ONE}/ship_variant`,
    operationId: 'shipExperimentVariant',
    summary: 'Gives everybody who takes part one variant, and ends the experiment.',
    access: writes('experiment'),
    body: ShipBody,
    response: ExperimentAnswer,
    handle: async ({ ctx, params, body }) =>
      showExperiment(
        ctx,
        await shipVariant(ctx, placeOf(ctx, params), {
          variantKey: body.variant_key,
          toEveryone: body.release_to_everyone,
          ...(body.conclusion !== undefined && { conclusion: body.conclusion }),
          ...(body.conclusion_comment !== undefined && {
            conclusionComment: body.conclusion_comment,
          }),
        }),
      ),
  }),
  route({
    method: 'POST',
    path: `${ONE}/duplicate`,
    operationId: 'duplicateExperiment',
    summary: 'Makes a draft like this experiment, on the same flag unless another is named.',
    access: writes('experiment'),
    body: DuplicateBody,
    bodyOptional: true,
    status: 201,
    response: ExperimentAnswer,
    handle: async ({ ctx, params, body }) =>
      showExperiment(ctx, await duplicateExperiment(ctx, placeOf(ctx, params), namesOf(body))),
  }),
  route({
    method: 'POST',
    path: `${ONE}/copy_to_project`,
    operationId: 'copyExperimentToProject',
    summary: 'Makes a draft like this experiment in another project of the caller.',
    access: writes('experiment'),
    body: CopyBody,
    status: 201,
    response: ExperimentAnswer,
    handle: async ({ ctx, params, body }) => {
      const groupId = body.target_team_id;
      const there = await inOtherProject(ctx, groupId);
      const request = { ...namesOf(body), there, groupId };
      return showExperiment(there, await copyToProject(ctx, placeOf(ctx, params), request));
    },
  }),
  route({
    method: 'POST',
    path: `${ONE}/create_exposure_cohort_for_experiment`,
    operationId: 'createExposureCohort',
    summary: 'Makes the cohort of those whom an experiment has reached.',
    access: writes('experiment'),
    status: 201,
    response: NewCohortAnswer,
    handle: async ({ ctx, params }) => {
      const cohort = await createExposureCohort(ctx, placeOf(ctx, params));
      return { cohort: toCohort(cohort, await peopleOf(ctx, [cohort])) };
    },
  }),
];
