import * as z from 'zod';
import { deleteTraceTag, linkPrompts, linkTracesToRun, setTraceTag } from '#domain/traces/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { Entry, filled, runId } from '../fields.ts';
import { texts } from './fields.ts';

/** Tags of traces, under both versions of the API. */
export const tagRoutes = (version: '' | 'V2'): readonly Route[] => [
  route({
    method: 'PATCH',
    path: '/traces/{traceId}/tags',
    operationId: `setTraceTag${version}`,
    summary: 'Set a tag of a trace.',
    access: writes('run', { jobs: true }),
    body: Entry,
    handle: async ({ ctx, params: { traceId }, body: { key, value } }) => {
      await setTraceTag(ctx, { traceId, key, value });
      return {};
    },
  }),
  route({
    method: 'DELETE',
    path: '/traces/{traceId}/tags',
    operationId: `deleteTraceTag${version}`,
    summary: 'Delete a tag of a trace.',
    access: writes('run', { jobs: true }),
    body: z.object({ key: filled() }),
    handle: async ({ ctx, params: { traceId }, body: { key } }) => {
      await deleteTraceTag(ctx, { traceId, key });
      return {};
    },
  }),
];

const linkRun = route({
  method: 'POST',
  path: '/traces/link-to-run',
  operationId: 'linkTracesToRun',
  summary: 'Link traces to a run, so that a search by the run finds them.',
  access: writes('run', { jobs: true }),
  body: z.object({ trace_ids: texts(), run_id: runId() }),
  handle: async ({ ctx, body }) => {
    await linkTracesToRun(ctx, { traceIds: body.trace_ids, runId: body.run_id });
    return {};
  },
});

const PromptVersion = z.object({ name: filled(), version: filled() });

const linkPrompt = route({
  method: 'POST',
  path: '/traces/link-prompts',
  operationId: 'linkPromptsToTrace',
  summary: 'Note which versions of prompts a trace used.',
  access: writes('run', { jobs: true }),
  body: z.object({ trace_id: filled(), prompt_versions: z.array(PromptVersion).default([]) }),
  handle: async ({ ctx, body }) => {
    await linkPrompts(ctx, { traceId: body.trace_id, prompts: body.prompt_versions });
    return {};
  },
});

export const linkRoutes: readonly Route[] = [linkRun, linkPrompt];
