import { Hono } from 'hono';
import { authenticateToken, renewedActor } from '#domain/identity/index.ts';
import type { Credential } from '#http/credentials.ts';
import type { Surroundings } from '#http/mount.ts';
import type { Actor, Platform } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { namedRequests } from './named-requests.ts';
import { POSTHOG_PUBLIC } from './posthog-paths.ts';
import { posthogPublic } from './posthog-public.ts';

/** Keys and sessions: passwords and the tokens of jobs are for the whole API. */
async function authenticateKey(platform: Platform, credential: Credential): Promise<Actor> {
  if (credential.kind === 'none') return { kind: 'anonymous' };
  if (credential.kind !== 'basic') return authenticateToken(platform, credential.token);
  throw new AppError('unauthenticated', 'Use a personal API key.');
}

/** What PostHog's clients call at the root of the host, with nothing of the rest. */
export function buildPublicApp(platform: Platform, defer: Surroundings['defer']): Hono {
  const surroundings: Surroundings = {
    platform,
    defer,
    authenticate: (credential) => authenticateKey(platform, credential),
    renewed: (actor) => renewedActor(platform, actor),
  };
  const loaded = posthogPublic(surroundings);
  const app = new Hono({ strict: false });
  app.use(namedRequests);
  app.all('*', async (c) => {
    if (!POSTHOG_PUBLIC.test(c.req.path)) {
      return c.json({ message: 'The requested URL was not found.' }, 404);
    }
    return (await loaded).fetch(c.req.raw);
  });
  return app;
}
