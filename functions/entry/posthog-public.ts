import { partAt } from '#http/parts.ts';
import { inParts, type Loader } from './in-parts.ts';

/** What PostHog's clients call at the root of the host, by pages of any site. */
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
