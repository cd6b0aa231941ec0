import * as z from 'zod';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** What is no number is as if it were not there, as in the original. */
const lenient = (fallback: number, min: number, max: number) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((text) => {
      const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min ? Math.min(value, max) : fallback;
    });

/** Members of a query that names a page. */
export const pageQuery = {
  limit: lenient(DEFAULT_LIMIT, 1, MAX_LIMIT).describe('Rows of a page: 100, at most 1000.'),
  offset: lenient(0, 0, Number.MAX_SAFE_INTEGER).describe('The first row of the page, from 0.'),
};

export const PageQuery = z.object(pageQuery);

interface PageAsked {
  readonly limit: number;
  readonly offset: number;
}

/** A page of rows as answers have it. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({
    count: z.int(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    results: z.array(row),
  });

function address(request: Request, { limit, offset }: PageAsked): string {
  const url = new URL(request.url);
  url.searchParams.set('limit', String(limit));
  if (offset > 0) url.searchParams.set('offset', String(offset));
  else url.searchParams.delete('offset');
  return url.href;
}

/** The page that was asked for, of all rows that there are, with the addresses of its neighbours. */
export function pageFrom<Row>(
  rows: readonly Row[],
  { limit, offset }: PageAsked,
  request: Request,
) {
  const after = offset + limit;
  const before = Math.max(0, offset - limit);
  return {
    count: rows.length,
    next: after < rows.length ? address(request, { limit, offset: after }) : null,
    previous: offset > 0 ? address(request, { limit, offset: before }) : null,
    results: rows.slice(offset, after),
  };
}
