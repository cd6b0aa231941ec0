import * as z from 'zod';
import { redriveEvents } from '#domain/events/index.ts';
import { LOGIN, type Route, route } from '#http/route.ts';

export const eventRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/events/redrive',
    operationId: 'redriveEvents',
    summary:
      'Sends events once more that could not be stored five times, some 500 batches a call; for administrators.',
    access: LOGIN,
    untraced: true,
    response: z.object({ sent: z.int(), unreadable: z.int() }),
    handle: async ({ ctx }) => ({ ...(await redriveEvents(ctx)) }),
  }),
];
