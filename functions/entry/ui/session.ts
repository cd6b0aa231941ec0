import { isAdministrator } from '#domain/identity/index.ts';
import type { Settings } from '#kernel/context.ts';
import { type Authenticate, sessionAnswer, signedIn } from '../pages/session.ts';

/** What the dashboard must know before anything else: who is signed in, and whether others may make accounts. */
export async function uiSession(
  request: Request,
  authenticate: Authenticate,
  { registration, version }: Settings,
): Promise<Response> {
  const actor = await signedIn(request, authenticate);
  return sessionAnswer({
    username: actor?.username ?? null,
    id: actor?.userId ?? null,
    administrator: actor !== undefined && isAdministrator(actor),
    registration,
    version,
  });
}
