import * as z from 'zod';
import { ingestEvents, parseEvents, type Refused } from '#domain/events/index.ts';
import { projectOfToken } from '#domain/projects/index.ts';
import { readChunks } from '#http/body.ts';
import { PUBLIC_TO_PAGES, type Route, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { type AppError, invalid, tooManyBytes } from '#kernel/errors.ts';
import { projectTokenError } from '../project-token.ts';
import { queryOf } from './read-body.ts';

/** As it comes over the line; what it is once inflated has a bound of its own. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;
/** Refused events that an answer names. */
const MAX_NAMED = 100;

const Captured = z.object({
  status: z.literal('Ok'),
  /** Ours: events that were not kept, by their places, and why; there where some were not. */
  refused: z.array(z.object({ index: z.int(), reason: z.string() })).optional(),
});

/** Everything that SDKs of all ages send events to. */
const PATHS = {
  batch: '/batch',
  capture: '/capture',
  captureShort: '/e',
  captureV0: '/i/v0/e',
  captureTrack: '/track',
  captureEngage: '/engage',
} as const;

const tooLarge = (size: number): AppError =>
  tooManyBytes(
    `The body has ${size} bytes or more; ${MAX_BODY_BYTES} are the most. Send fewer events.`,
  );

/** Nothing of it was kept: whoever sent it should hear why. */
const allRefused = (refused: readonly Refused[]): AppError => {
  const reasons = [...new Set(refused.map(({ reason }) => reason))].join(', ');
  return invalid('no_event_kept', `No event was kept: ${reasons}.`, { attr: 'batch' });
};

async function capture(ctx: Context, request: Request): Promise<z.infer<typeof Captured>> {
  const receivedOn = ctx.clock.now();
  const bytes = await readChunks(request, MAX_BODY_BYTES, tooLarge);
  const header = (name: string): string | undefined => request.headers.get(name) ?? undefined;
  const parsed = parseEvents({
    bytes,
    encoding: header('content-encoding'),
    type: header('content-type'),
    query: queryOf(request),
  });
  if (parsed.token === undefined) throw projectTokenError(false);
  const project = await projectOfToken(ctx, parsed.token);
  if (project === undefined) throw projectTokenError(true);
  const { groupId } = project;
  const { accepted, refused } = await ingestEvents(ctx, { groupId, receivedOn, parsed });
  if (refused.length === 0) return { status: 'Ok' };
  if (accepted === 0) throw allRefused(refused);
  return { status: 'Ok', refused: refused.slice(0, MAX_NAMED).map((each) => ({ ...each })) };
}

/** Events of SDKs and pages; the token in the body is their permission. */
export const captureRoutes: readonly Route[] = Object.entries(PATHS).map(([operationId, path]) =>
  route({
    method: 'POST',
    path,
    operationId,
    summary: 'Takes events, one or many, of SDKs; answered once they cannot get lost.',
    access: PUBLIC_TO_PAGES,
    untraced: true,
    response: Captured,
    handle: async ({ ctx, request }) => capture(ctx, request),
  }),
);
