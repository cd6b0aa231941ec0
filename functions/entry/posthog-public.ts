import { partAt } from '#http/parts.ts';
import { inParts, type Loader } from './in-parts.ts';

/** What PostHog's clients call at the root of the host. */
export const POSTHOG_PUBLIC = /^\/(flags|decide|array|api\/feature_flag)(\/|$)/;

export const posthogPublic: Loader = async (surroundings) => {
  const { forAllSites, posthogPublicDialect, publicParts } = await import(
    '#surfaces/posthog/public/dialect.ts'
  );
  const app = inParts(
    (path) => partAt(publicParts, path),
    async (part) => posthogPublicDialect((await part?.routes()) ?? []),
    surroundings,
  );
  return forAllSites(app);
};
