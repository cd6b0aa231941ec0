import * as z from 'zod';

/** What a writer of events is told. */
export const StoreEvent = z.object({ slot: z.int().min(0).max(15) });
