import * as z from 'zod';
import { withExamples } from '#http/examples.ts';
import { openApiRoute } from '#http/openapi-route.ts';
import type { Route } from '#http/route.ts';
import { tags } from './document-tags.ts';
import { examples } from './examples.ts';
import { BASE } from './shapes.ts';

/** What every route takes beside its parameters; left out of each, where it would say the same. */
const DESCRIPTION = `Beside what each route says:

- \`Idempotency-Key\` on a POST (1 to 64 printable ASCII characters): repeating the call with the same key within 24 hours does nothing twice and gets the same answer. 409 with \`Retry-After\` while the first is not answered, 422 where the key stands for other input, 409 where the answer is not kept.
- \`ETag\` on the answer of one resource names its version; \`If-Match\` on a change of it gets 412 when the version is another (drafts of a change make none), \`If-None-Match\` on a GET gets 304 when it is the same.
- \`X-Fields\` names the fields to show. \`X-Request-Id\` is on every answer and in the log, and is the caller's own where one was sent.`;

/** A rule of the domain, the framework, or a schema refused the request. */
const ErrorAnswer = z.union([
  z.object({
    error: z.string(),
    message: z.string(),
    detail: z.looseObject({}),
    originating_path: z.string(),
  }),
  z.object({ message: z.string() }),
  z.object({ errors: z.looseObject({}), message: z.string().optional() }),
]);

export const documentRoute = (routes: () => Promise<readonly Route[]>): Route =>
  openApiRoute({
    title: 'Assay: the REST API of NIST Dioptra',
    description: DESCRIPTION,
    base: BASE,
    error: ErrorAnswer,
    tags: async () => tags,
    routes: async () => withExamples(await routes(), examples),
  });
