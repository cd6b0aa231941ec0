import * as z from 'zod';
import { groupNameOf } from '#domain/identity/index.ts';
import {
  changeProject,
  findProject,
  type Project,
  resetProjectToken,
} from '#domain/projects/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { type Context, readableGroups } from '#kernel/context.ts';
import { PageQuery, pageFrom, pageOf } from '../paging.ts';
import { isoTime, numberUuid } from '../people.ts';
import { projectOf } from '../project.ts';

const ProjectAnswer = z.object({
  id: z.int(),
  uuid: z.string(),
  name: z.string(),
  organization: z.string(),
  api_token: z.string(),
  created_at: z.string(),
  timezone: z.string(),
  test_account_filters: z.array(z.looseObject({})),
  default_experiment_stats_method: z.enum(['bayesian', 'frequentist']).nullable(),
  default_experiment_confidence_level: z.number().nullable(),
});

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const MAX_FILTERS = 50;
const MAX_FILTER_BYTES = 10_000;

const Settings = z.object({
  timezone: z
    .string()
    .max(100)
    .refine(isTimeZone, 'Name a time zone such as "Europe/Berlin".')
    .optional(),
  test_account_filters: z
    .array(z.looseObject({ key: z.string().max(400), type: z.string().max(50).optional() }))
    .max(MAX_FILTERS)
    .refine((filters) => JSON.stringify(filters).length <= MAX_FILTER_BYTES, 'Too long a list.')
    .optional(),
  default_experiment_stats_method: z.enum(['bayesian', 'frequentist']).nullish(),
  default_experiment_confidence_level: z.number().gt(0.5).lt(1).nullish(),
});

const toProject = (ctx: Context, project: Project) => ({
  id: project.groupId,
  uuid: numberUuid(project.groupId),
  name: groupNameOf(ctx, project.groupId),
  organization: numberUuid(0),
  api_token: project.token,
  created_at: isoTime(project.createdOn),
  timezone: project.timezone,
  test_account_filters: project.testAccountFilters,
  default_experiment_stats_method: project.statsMethod ?? null,
  default_experiment_confidence_level: project.confidenceLevel ?? null,
});

const toSettings = (body: z.output<typeof Settings>) => ({
  ...(body.timezone !== undefined && { timezone: body.timezone }),
  ...(body.test_account_filters !== undefined && { testAccountFilters: body.test_account_filters }),
  ...(body.default_experiment_stats_method !== undefined && {
    statsMethod: body.default_experiment_stats_method ?? undefined,
  }),
  ...(body.default_experiment_confidence_level !== undefined && {
    confidenceLevel: body.default_experiment_confidence_level ?? undefined,
  }),
});

export const projectRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/projects',
    operationId: 'listProjects',
    summary: 'The projects of the caller: its groups.',
    access: reads('project'),
    query: PageQuery,
    response: pageOf(ProjectAnswer),
    handle: async ({ ctx, query, request }) => {
      const groups = [...readableGroups(ctx)].sort((a, b) => a - b);
      const page = pageFrom(groups, query, request);
      const projects = await Promise.all(page.results.map((groupId) => findProject(ctx, groupId)));
      return { ...page, results: projects.map((project) => toProject(ctx, project)) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/projects/{project}',
    operationId: 'getProject',
    summary: 'A project, with the public token that SDKs send.',
    access: reads('project'),
    response: ProjectAnswer,
    handle: async ({ ctx }) => toProject(ctx, await findProject(ctx, projectOf(ctx))),
  }),
  route({
    method: 'PATCH',
    path: '/api/projects/{project}',
    operationId: 'changeProject',
    summary: 'Changes what analyses go by; for those who manage the group.',
    access: writes('project'),
    body: Settings,
    response: ProjectAnswer,
    handle: async ({ ctx, body }) =>
      toProject(ctx, await changeProject(ctx, projectOf(ctx), toSettings(body))),
  }),
  route({
    method: 'PATCH',
    path: '/api/projects/{project}/reset_token',
    operationId: 'resetProjectToken',
    summary: 'Gives the project another public token; the one of before ends within a minute.',
    access: writes('project'),
    response: ProjectAnswer,
    handle: async ({ ctx }) => toProject(ctx, await resetProjectToken(ctx, projectOf(ctx))),
  }),
];
