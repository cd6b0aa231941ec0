import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const attempt = { job: z.int(), attempt: z.int() };

/** What a worker saw, with the real time in milliseconds. */
const Entry = z.discriminatedUnion('e', [
  /** An attempt was handed to it. */
  z.object({
    e: z.literal('claim'),
    t: z.number(),
    ...attempt,
    run: z.string(),
    group: z.int(),
    asked: z.number(),
  }),
  /** When it asked for what renewed its lease. */
  z.object({ e: z.literal('beat'), t: z.number(), ...attempt }),
  /** No answer renewed its lease, though the API may have heard of it until now. */
  z.object({ e: z.literal('unheard'), t: z.number(), ...attempt }),
  /** Lines that the API said it has stored. */
  z.object({
    e: z.literal('log'),
    t: z.number(),
    ...attempt,
    first: z.int(),
    messages: z.array(z.string()),
  }),
  /** It is about to end the attempt. */
  z.object({ e: z.literal('ending'), t: z.number(), ...attempt, how: z.string() }),
  /** The API said that it has ended. */
  z.object({ e: z.literal('ended'), t: z.number(), ...attempt, how: z.string() }),
  /** The API said that the attempt is not its own any more. */
  z.object({ e: z.literal('refused'), t: z.number(), ...attempt, what: z.string() }),
  /** The store took a file. */
  z.object({ e: z.literal('stored'), t: z.number(), path: z.string() }),
  /** An answer of the API that is no success and no refusal. */
  z.object({
    e: z.literal('trouble'),
    t: z.number(),
    status: z.int(),
    path: z.string(),
    retryAfter: z.nullable(z.string()),
  }),
  /** What went wrong on purpose. */
  z.object({ e: z.literal('fault'), t: z.number(), kind: z.string(), at: z.string() }),
]);
export type Entry = z.infer<typeof Entry>;

type Untimed<E> = E extends Entry ? Omit<E, 't'> & { readonly t?: number } : never;
export type Note = (entry: Untimed<Entry>) => void;

/** Writes what was seen so that it is kept although the process is killed the moment after. */
export function openJournal(file: string): { readonly note: Note; close(): void } {
  const descriptor = openSync(file, 'a');
  return {
    note: (entry) => void writeSync(descriptor, `${JSON.stringify({ t: Date.now(), ...entry })}\n`),
    close: () => closeSync(descriptor),
  };
}

/** Everything that all workers have written into a folder, in the order of time. */
export function readJournals(folder: string): readonly Entry[] {
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').split('\n'),
  );
  return lines
    .filter((line) => line !== '')
    .map((line) => Entry.parse(JSON.parse(line)))
    .toSorted((a, b) => a.t - b.t);
}
