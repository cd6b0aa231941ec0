import type { Example, Route } from './route.ts';

export type Examples = { readonly [operationId: string]: NonNullable<Route['example']> };

/** Only the body of an example. */
export const bodies = (
  table: Readonly<Record<string, object>>,
): Readonly<Record<string, Example<never, never, object>>> =>
  Object.fromEntries(Object.entries(table).map(([id, body]) => [id, { body }]));

/**
 * Rows with their examples, which come from a table of their own: only the document wants them, and
 * rows load with every call. Throws where the table names what is no row.
 */
export function withExamples(routes: readonly Route[], examples: Examples): readonly Route[] {
  const ids = new Set(routes.map(({ operationId }) => operationId));
  const strange = Object.keys(examples).filter((id) => !ids.has(id));
  if (strange.length > 0) throw new Error(`No operation is called ${strange.join(', ')}.`);
  return routes.map((row) => {
    const example = examples[row.operationId] ?? row.example;
    return example === undefined ? row : { ...row, example };
  });
}
