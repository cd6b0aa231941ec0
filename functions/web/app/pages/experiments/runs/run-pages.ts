import { isSame, type RunRow } from './run-row.ts';

/** A page of runs as it was loaded, with the token of the next. */
export interface RunsPage {
  readonly rows: readonly RunRow[];
  readonly next: string | undefined;
}

const idsByPage = new WeakMap<RunsPage, ReadonlySet<string>>();

/** Made once for a page: pages do not change, others take their place. */
function idsOf(page: RunsPage): ReadonlySet<string> {
  const ids = idsByPage.get(page) ?? new Set(page.rows.map(({ id }) => id));
  idsByPage.set(page, ids);
  return ids;
}

const holds = (pages: readonly RunsPage[], id: string): boolean =>
  pages.some((page) => idsOf(page).has(id));

const touches = (page: RunsPage, ids: Iterable<string>): boolean => {
  const held = idsOf(page);
  return [...ids].some((id) => held.has(id));
};

/** Those of some runs that no page has. */
export const unknownOf = (pages: readonly RunsPage[], rows: readonly RunRow[]): readonly RunRow[] =>
  rows.filter(({ id }) => !holds(pages, id));

/** The pages with newer looks at some of their runs, in their places; the same pages where nothing changed. */
export function renewed(pages: readonly RunsPage[], rows: readonly RunRow[]): readonly RunsPage[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const next = pages.map((page) => {
    if (!touches(page, byId.keys())) return page;
    const renewal = page.rows.map((row) => {
      const newer = byId.get(row.id);
      return newer === undefined || isSame(row, newer) ? row : newer;
    });
    return renewal.every((row, at) => row === page.rows[at]) ? page : { ...page, rows: renewal };
  });
  return next.every((page, at) => page === pages[at]) ? pages : next;
}

/** The pages without some runs; the same pages where they had none of them. */
export function without(pages: readonly RunsPage[], gone: Iterable<string>): readonly RunsPage[] {
  const ids = new Set(gone);
  const next = pages.map((page) =>
    touches(page, ids) ? { ...page, rows: page.rows.filter(({ id }) => !ids.has(id)) } : page,
  );
  return next.every((page, at) => page === pages[at]) ? pages : next;
}

/** The pages with the newest look at their first runs above all others. */
export function withTop(pages: readonly RunsPage[], top: readonly RunRow[]): readonly RunsPage[] {
  const ids = top.map(({ id }) => id);
  const [first = { rows: [], next: undefined }, ...others] = without(pages, ids);
  return [{ ...first, rows: [...top, ...first.rows] }, ...others];
}
