import type { Route } from '#http/route.ts';

/** Each path is served for programs and, as the web UI of MLflow calls it, below `/ajax-api`. */
const ROOTS = [
  ['/api', ''],
  ['/ajax-api', 'Ajax'],
] as const;

/** The rows at a version of the API, under both roots. */
export const under = (base: string, rows: readonly Route[]): readonly Route[] =>
  ROOTS.flatMap(([root, suffix]) =>
    rows.map((row) => ({
      ...row,
      path: `${root}${base}${row.path}`,
      operationId: `${row.operationId}${suffix}`,
    })),
  );
