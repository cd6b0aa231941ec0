import * as z from 'zod';
import { withExamples } from '#http/examples.ts';
import { openApiRoute } from '#http/openapi-route.ts';
import type { OpenApiTag } from '#http/openapi-tags.ts';
import type { Route } from '#http/route.ts';
import { ApprovalAnswer } from './approvals/change-wire.ts';
import { examples } from './examples.ts';

const DESCRIPTION = `PostHog's API of experiments and feature flags, and what its SDKs call. Beside what each route says:

- \`project\` is the id of a group, or \`@current\`. \`/api/environments/…\` is the same as \`/api/projects/…\`.
- Credentials are a personal API key (\`Authorization: Bearer phx_…\`), or any other token or session of Assay.
- A key may make 480 calls a minute and 4,800 an hour; beyond that it is answered 429 with \`Retry-After\`.
- Addresses may end in a slash.`;

const tags: readonly OpenApiTag[] = [
  { name: 'document', description: 'This document.', paths: /^\/api\/schema$/ },
  {
    name: 'keys',
    description: 'Personal API keys, and who they are of.',
    paths: /^\/api\/(personal_api_keys|users)/,
  },
  {
    name: 'feature_flags',
    description: 'Feature flags of a project.',
    paths: /^\/api\/projects\/\{project\}\/(feature_flags|groups_types)/,
  },
  {
    name: 'approvals',
    description: 'Changes of feature flags that others approve.',
    paths: /^\/api\/projects\/\{project\}\/(approval_policies|change_requests)/,
  },
  {
    name: 'projects',
    description: 'Groups as projects.',
    paths: /^\/api\/projects(\/\{project\}(\/reset_token)?)?$/,
  },
  {
    name: 'experiments',
    description: 'A/B tests: what is tried on whom, from a draft to its conclusion.',
    paths: /^\/api\/projects\/\{project\}\/experiments/,
  },
  {
    name: 'holdouts',
    description: 'People whom no experiment touches.',
    paths: /^\/api\/projects\/\{project\}\/experiment_holdouts/,
  },
  {
    name: 'saved metrics',
    description: 'Metrics that experiments share.',
    paths: /^\/api\/projects\/\{project\}\/experiment_saved_metrics/,
  },
  {
    name: 'query',
    description: 'What the events of a project say of an experiment.',
    paths: /^\/api\/projects\/\{project\}\/query/,
  },
  {
    name: 'evaluation',
    description: 'What SDKs call to evaluate flags, at the root of the host.',
    paths: /^\/(flags|decide|array|static|api\/feature_flag)(\/|$)/,
  },
  {
    name: 'capture',
    description: 'What SDKs and pages send events to, at the root of the host.',
    paths: /^\/(batch|capture|e|i\/v0\/e|track|engage)$/,
  },
];

/** Most errors are of the first shape; some of the original's are of their own. */
const WireError = z.union([
  z.object({
    type: z.string(),
    code: z.string(),
    detail: z.string(),
    attr: z.string().nullable(),
  }),
  z.object({ detail: z.string() }).describe('Where an experiment cannot be copied.'),
  z.object({ error: z.string() }).describe('Of a page that is none.'),
  ApprovalAnswer.describe('Of a change that waits for the approval of others.'),
]);

export const documentRoute = (routes: () => Promise<readonly Route[]>): Route =>
  openApiRoute({
    title: "Assay: PostHog's API of experiments and feature flags",
    description: DESCRIPTION,
    base: '',
    error: WireError,
    tags: async () => tags,
    routes: async () => withExamples(await routes(), examples),
  });
