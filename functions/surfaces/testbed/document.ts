import * as z from 'zod';
import { withExamples } from '#http/examples.ts';
import { openApiRoute } from '#http/openapi-route.ts';
import type { OpenApiTag } from '#http/openapi-tags.ts';
import type { Route } from '#http/route.ts';
import { examples } from './examples.ts';

const DESCRIPTION = `The REST API that NIST's Dioptra had as a testbed. Beside what each route says:

- What comes in may be a form of either kind or JSON; fields may be named in snake case or camel case.
- \`X-Fields\` names the fields to show, as \`{name,*}\`.
- \`group\` as a parameter of the address confines a call to one of the caller's groups, by name or id.
- Credentials are needed: Basic with name and password, a token, or the session.`;

const tags: readonly OpenApiTag[] = [
  { name: 'experiment', description: 'Experiment registration.' },
  { name: 'job', description: 'Job submission and management.' },
  { name: 'queue', description: 'Queue registration.' },
  { name: 'taskPlugin', description: 'The registry of task plugins.' },
  { name: 'user', description: 'User accounts.' },
  { name: 'document', description: 'This document.', paths: /^\/openapi\.json$/ },
];

export const documentRoute = (routes: () => Promise<readonly Route[]>): Route =>
  openApiRoute({
    title: "Assay: the Testbed API of NIST's Dioptra",
    description: DESCRIPTION,
    base: '/api',
    error: z.object({ message: z.string() }),
    tags: async () => tags,
    routes: async () => withExamples(await routes(), examples),
  });
