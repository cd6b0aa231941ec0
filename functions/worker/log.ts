/** The consumer's own log: an event's name and facts about it, never a secret. */
export type WorkerLog = (
  event: string,
  facts?: { readonly [name: string]: string | number | boolean | undefined },
) => void;

/** What went wrong in one line; causes matter because `fetch` hides its own there. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const cause = error.cause instanceof Error ? `: ${explain(error.cause)}` : '';
  return oneLine(`${error.message === '' ? error.name : error.message}${cause}`);
}

const oneLine = (text: string): string =>
  text.toWellFormed().replaceAll(/\s+/g, ' ').trim().slice(0, 500);
