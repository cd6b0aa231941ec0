import { forAllSites } from '#http/cors.ts';
import { partAt } from '#http/parts.ts';
import { inParts, type Loader } from './in-parts.ts';

/** What PostHog's clients call at the root of the host: to evaluate flags, and to send events. */
export const POSTHOG_PUBLIC =
  /^\/(flags|decide|array|static|api\/feature_flag|batch|capture|e|i\/v0\/e|track|engage)(\/|$)/;

export const posthogPublic: Loader = async (surroundings) => {
  const { posthogPublicDialect, publicParts } = await import('#surfaces/posthog/public/dialect.ts');
  const app = inParts(
    (path) => partAt(publicParts, path),
    async (part) => posthogPublicDialect((await part?.routes()) ?? []),
    surroundings,
  );
  return forAllSites(app);
};
